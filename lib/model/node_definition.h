#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/port.h"

namespace vnode {

struct CommandDefinition;

/// A node type as data: what a definition file says, or what a native node declares.
struct NodeDefinition {
  std::string node_id;  ///< the id that workflow files use
  std::string name;     ///< display name
  std::string category = "General";
  std::string description;
  bool use_exec = true;       ///< asks for `exec_in` and `exec_out` where they are not declared
  std::vector<Port> inputs;   ///< order is pull order (engine rule 12)
  std::vector<Port> outputs;  ///< order is propagation order of returned values (rule 16)
  std::string python_code;    ///< empty for native nodes and commands
  std::shared_ptr<const CommandDefinition> command = {};  ///< of a definition with `command`; else null
  bool reports_error_logs = false;       ///< "error_logs": "report": they are no failure of a run
  std::optional<bool> is_recorded = {};  ///< "recorded": whether a run's journal has its executions
  bool fires_last = false;         ///< "fires_last": only a return follows its last firing (journal rule 2)
  bool is_never_repeated = false;  ///< "repeat": "never": that it began is durable before it does
  bool is_stateful = false;        ///< "stateful": its executions leave behind more than a journal tells
  bool is_cached = false;          ///< "cache": an equal execution may be taken from a cache
  Value document = {};  ///< the whole file, for what only a runtime understands; None for native nodes

  const Port* find_input(std::string_view port) const;
  const Port* find_output(std::string_view port) const;
};

/// What definitions and instances say about their error logs: "fail", which is the default, or "report".
inline constexpr std::string_view kErrorLogs = "error_logs";
inline constexpr std::string_view kFailErrorLogs = "fail";
inline constexpr std::string_view kReportErrorLogs = "report";

// What definitions say for the journal of a run.
inline constexpr std::string_view kRecorded = "recorded";
inline constexpr std::string_view kFiresLast = "fires_last";
inline constexpr std::string_view kStateful = "stateful";
inline constexpr std::string_view kCache = "cache";
inline constexpr std::string_view kRepeat = "repeat";
inline constexpr std::string_view kNeverRepeat = "never";
inline constexpr std::string_view kMayRepeat = "allowed";

/// Puts the exec pins that `use_exec` asks for in front, and applies the default rule to every port.
void normalise(NodeDefinition& definition);

}  // namespace vnode
