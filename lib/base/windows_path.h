#pragma once

#include <string_view>

namespace vnode {

/// True for a path as Windows writes it from the root on: C:\shots, d:/shots, \\server\share. As a file
/// name on another system it names something in the current folder.
bool is_windows_path(std::string_view path);

}  // namespace vnode
