#pragma once

#include <string>

namespace vnode {

/// Where the definitions that come with the program are: next to it, wherever it was moved to, or else where
/// it was installed. Empty when there are none.
std::string bundled_folder();

}  // namespace vnode
