#pragma once

#include <string>

namespace vnode {

/// All that comes from a pipe until its other end is closed, or until an error.
std::string read_to_end(int fd);

}  // namespace vnode
