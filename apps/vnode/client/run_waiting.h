#pragma once

#include <optional>
#include <string>
#include <variant>

#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/terminal/diagnostics.h"

namespace vnode {

/// Waits for the end of one run, or of a group, also when the daemon is restarted meanwhile; at the deadline:
/// the run as it is then.
std::variant<Value, CallError> wait_for_run(DaemonConnection& connection, const std::string& id,
                                            std::optional<SteadyTime> deadline, Diagnostics& diagnostics);

}  // namespace vnode
