#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "picture/node_outcome.h"
#include "report/report_event.h"

namespace vnode {

/// One node of a run, or what it did for one item of a map.
struct NodeRecord {
  std::string id;
  std::string type;
  std::string name;             ///< that the file gives it; mostly empty
  bool needs_whole_id = false;  ///< another node of the run has the same first digits
  std::string path;             ///< the ids of its groups, with "/" between them
  std::string iteration;        ///< see ReportEvent
  OutcomeState state = OutcomeState::kNeverStarted;
  std::uint64_t executions = 0;
  std::uint64_t retries = 0;
  double seconds = 0;  ///< of all executions together
  std::string message;
  std::string detail;
  std::string code;
  std::uint64_t error_logs = 0;  ///< that count as failures of the run (engine rule 22)
  std::string first_error_log;

  /// What makes a run fail.
  bool has_failed() const {
    return state == OutcomeState::kFailed || state == OutcomeState::kTimedOut || error_logs > 0;
  }
  /// "render 1b4e28ba [item 3]": what people call it.
  std::string label() const;
  /// The message of its failure: of the node, or the first that it logged.
  const std::string& failure_message() const { return message.empty() ? first_error_log : message; }
};

/// What the events of a run say of it, of its last attempt. Keeps nodes, not events: a loop of a million
/// executions is one record, a map one an item.
class RunRecord {
 public:
  void add(const ReportEvent& event);

  /// In the order in which they were first heard of.
  const std::vector<NodeRecord>& nodes() const { return nodes_; }

  std::string run_id;
  std::string workflow;  ///< its name, or else its path
  std::string path;
  std::string version;  ///< of the program that ran it
  std::string mode;
  std::int64_t attempt = 1;
  std::uint64_t earlier_attempts = 0;
  std::optional<std::int64_t> started;  ///< microseconds since 1970
  std::optional<std::int64_t> last;     ///< of the last event
  bool has_ended = false;
  std::string status;  ///< "completed", "failed", ...; empty while it has not ended
  std::string error;
  std::int64_t exit_code = 0;
  double seconds = 0;
  std::uint64_t never_started = 0;
  std::uint64_t warnings = 0;  ///< that nodes have logged
  struct Problem {
    std::string severity, message, pointer, hint;
    std::string code = {};
    std::string file = {};  ///< with `line`, where the document was not JSON
    std::size_t line = 0;   ///< 0: not told
  };
  std::vector<Problem> problems;  ///< of a workflow that was refused

  /// The outcomes for a picture: the items of a map together.
  RunOutcomes outcomes() const;

 private:
  NodeRecord& record_of(const ReportEvent& event);
  void note_beginning(std::size_t number);
  void begin(const ReportEvent& event);
  void end(const ReportEvent& event);
  void start(NodeRecord& node, const ReportEvent& event);
  void fail(NodeRecord& node, const ReportEvent& event);
  void finish(NodeRecord& node, const ReportEvent& event);
  void log(NodeRecord& node, const ReportEvent& event);

  std::vector<NodeRecord> nodes_;
  std::unordered_map<std::string, std::size_t> numbers_;     ///< by address and iteration
  std::string key_;                                          ///< room for one
  std::unordered_map<std::string, std::size_t> beginnings_;  ///< of ids: the first node of each
};

/// The worse of two outcomes.
OutcomeState worse(OutcomeState one, OutcomeState other);

}  // namespace vnode
