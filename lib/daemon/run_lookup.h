#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/core.h"
#include "daemon/reply.h"
#include "daemon/run_row_text.h"
#include "rpc/method_spec.h"

namespace vnode {

struct LiveRun;
struct RunGroup;

/// How methods declare the param that `with_run` reads.
inline constexpr ParamSpec kRunParam{.name = "id",
                                     .kind = ParamKind::kText,
                                     .is_required = true,
                                     .summary = "a run's id, or the beginning of it"};

using FoundRunHandler = std::function<void(std::variant<RunRow, RpcError> row, const LiveRun* live)>;
/// Finds the run that `id` is, or that alone begins so; live ones first. `done` gets its row as the store has
/// it and the live run or null; or "unknown_run", "ambiguous_run" or "store_unavailable". Owner's thread, at
/// once or later.
void find_run(DaemonCore& core, const std::string& id, FoundRunHandler done);
/// The same for the run that a call names (kRunParam); errors are answered.
void with_run(DaemonCore& core, const Dict& params, const Reply& reply,
              std::function<void(const RunRow& row, const LiveRun* live)> found);

/// Which runs an id in a call stands for: one run, or those of a group.
struct NamedRuns {
  std::string id;                      ///< in full
  std::int64_t group = 0;              ///< its number; 0: it is a run
  std::optional<RunRow> row = {};      ///< of a run
  std::vector<std::string> runs = {};  ///< the run, or those of the group that are live, in order
};
using FoundNamedRuns = std::function<void(std::variant<std::vector<NamedRuns>, RpcError>)>;
/// What the ids, or their beginnings, stand for, at least one; or what is wrong with the first that stands
/// for none. At once or later.
void find_named_runs(DaemonCore& core, const std::vector<std::string>& ids, FoundNamedRuns then);
/// The same for a call; errors are answered, and nothing has been done.
void with_named_runs(DaemonCore& core, const std::vector<std::string>& ids, const Reply& reply,
                     std::function<void(std::vector<NamedRuns>)> then);

/// How methods declare the id of a group.
inline constexpr ParamSpec kGroupParam{.name = "id",
                                       .kind = ParamKind::kText,
                                       .is_required = true,
                                       .summary = "a group's id, or the beginning of it"};
/// The group that `id` is, or that alone begins so; or "unknown_group", "ambiguous_group".
std::variant<const RunGroup*, RpcError> find_group(const DaemonCore& core, const std::string& id);

/// What the table knows of a live run beyond its row. Owner's thread.
LiveView live_view(const DaemonCore& core, const LiveRun& run, bool with_reason = true);

}  // namespace vnode
