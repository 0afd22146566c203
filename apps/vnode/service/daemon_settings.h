#pragma once

#include "apps/vnode/settings/settings.h"
#include "daemon/settings.h"

namespace vnode {

/// What the daemon needs of the settings in force. Reads the token file, which nobody else may be able to
/// read. Errors: kUsage for settings that do not go together or a file that is not private, those of reading
/// it.
Result<DaemonSettings> make_daemon_settings(const Settings& settings);

}  // namespace vnode
