#pragma once

#include <string_view>

#include "node/node_context.h"

namespace vnode {

/// For a path that is about to be used: where it is one of Windows, the run's stream says that it names
/// something else here.
void warn_of_windows_path(NodeCall& call, std::string_view path);

}  // namespace vnode
