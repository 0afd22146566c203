#pragma once

#include <string_view>

namespace vnode {

/// Writes all of `bytes`, however long that takes: also to a descriptor that does not block. Returns 0 or the
/// error number. Any thread.
int write_all(int fd, std::string_view bytes);

}  // namespace vnode
