#pragma once

#include "apps/vnode/client/client_options.h"

namespace vnode {

/// `vnode nodes reload`: the daemon reads the definitions again.
ExitCode reload_nodes(const ClientOptions& settings, Diagnostics& diagnostics);

}  // namespace vnode
