#pragma once

#include <string>

namespace vnode {

/// Where a daemon's things are when nobody says otherwise. Empty where the environment does not tell
/// (HOME is not set).

/// `$XDG_STATE_HOME/vnode`, else `~/.local/state/vnode`.
std::string standard_state_directory();

/// `$XDG_RUNTIME_DIR/vnode/vnode.sock`, else `vnode.sock` in the state directory.
std::string standard_socket(const std::string& state_directory);

/// The same path from the root on, so that it can be handed to another process.
std::string absolute_path(const std::string& path);

}  // namespace vnode
