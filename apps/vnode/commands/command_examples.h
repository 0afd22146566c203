#pragma once

#include <string_view>
#include <vector>

#include "apps/vnode/options/command_spec.h"

namespace vnode {

/// What --help and the manual page of a command show: command lines that the program takes. `path`: "run",
/// "nodes show".
std::vector<CommandExample> examples_of(std::string_view path);

}  // namespace vnode
