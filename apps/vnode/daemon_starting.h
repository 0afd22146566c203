#pragma once

#include "apps/vnode/daemon_connection.h"
#include "apps/vnode/diagnostics.h"
#include "apps/vnode/exit_code.h"
#include "apps/vnode/settings.h"

namespace vnode {

/// Starts `vnode serve --detach` with these settings, and connects to it. When another program does the same
/// at this moment, one daemon comes of it, and both are connected to that one. kExitSuccess: connected;
/// otherwise the reason has been told.
ExitCode start_daemon(const SettingFlags& flags, DaemonConnection& connection, Diagnostics& diagnostics);

}  // namespace vnode
