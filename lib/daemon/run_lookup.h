#pragma once

#include <functional>
#include <string>
#include <variant>

#include "daemon/core.h"
#include "daemon/reply.h"
#include "daemon/run_row_text.h"
#include "rpc/method_spec.h"

namespace vnode {

struct LiveRun;

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

/// What the table knows of a live run beyond its row. Owner's thread.
LiveView live_view(const DaemonCore& core, const LiveRun& run, bool with_reason = true);

}  // namespace vnode
