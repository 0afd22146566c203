#pragma once

#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/settings/settings.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"

namespace vnode {

/// Starts `vnode serve --detach` with these settings, and connects to it. When another program does the same
/// at this moment, one daemon comes of it, and both are connected to that one. kExitSuccess: connected;
/// otherwise the reason has been told.
ExitCode start_daemon(const SettingFlags& flags, DaemonConnection& connection, Diagnostics& diagnostics);

}  // namespace vnode
