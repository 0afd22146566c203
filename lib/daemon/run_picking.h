#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core.h"
#include "daemon/reply.h"
#include "daemon/run_lookup.h"
#include "rpc/method_spec.h"

namespace vnode {

/// How methods declare the params that `with_picked_runs` reads.
inline constexpr ParamSpec kPickedIds{
    .name = "ids", .kind = ParamKind::kTexts, .summary = "which runs and groups; these or 'info' are needed"};
inline constexpr ParamSpec kPickedInfo{
    .name = "info",
    .kind = ParamKind::kTextMap,
    .summary = "only runs with these texts in their info; without ids all that have not ended"};

/// Runs that have not ended, as a call picks them.
struct PickedRuns {
  std::vector<NamedRuns> named;  ///< of groups those of their runs that are meant
  /// Where the call has `info`: what was named, and has no run that has not ended with that info.
  std::optional<std::vector<std::string>> passed_over;
};

/// What the `ids` of a call stand for, all of it or what has that `info`; or all runs with that info, in
/// order of submission. Errors are answered: no `ids` and no `info`, those of `find_named_runs`,
/// "store_unavailable". Owner's thread, at once or later.
void with_picked_runs(DaemonCore& core, const Dict& params, const Reply& reply,
                      std::function<void(PickedRuns)> then);

/// Adds `passed_over` to a reply, where there is one.
void add_passed_over(Dict& result, const std::optional<std::vector<std::string>>& passed_over);

}  // namespace vnode
