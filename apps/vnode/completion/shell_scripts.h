#pragma once

#include <span>
#include <string_view>

namespace vnode {

/// A shell that can complete the program's command lines: its script asks `vnode __complete WORD...`, which
/// knows the rest.
struct ShellScript {
  std::string_view shell;
  std::string_view script;
};

std::span<const ShellScript> shell_scripts();

}  // namespace vnode
