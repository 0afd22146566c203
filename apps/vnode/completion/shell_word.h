#pragma once

#include <string>
#include <string_view>

namespace vnode {

/// A word of a shell's command line as the program would get it, were it finished: without quotes and
/// backslashes, and with the home folder for a `~` in front. What stands for something else (`$name`) stays.
std::string unquoted_word(std::string_view typed);

}  // namespace vnode
