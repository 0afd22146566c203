#pragma once

#include <string>
#include <vector>

#include "apps/vnode/terminal/terminal.h"

namespace vnode {

// The other screen of a terminal, without a cursor; what is too wide, whatever this terminal makes of a
// character, is cut off there. And back.
inline constexpr std::string_view kEnterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l";
inline constexpr std::string_view kLeaveScreen = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// What a terminal has on its screen, and what has to be sent to it for something else: only lines that
/// differ.
class ScreenUpdate {
 public:
  /// The escape sequences and texts, in one piece; empty when nothing has changed. Lines without room are
  /// left out; they must fit the width.
  std::string show(const std::vector<std::string>& lines, TerminalSize size);
  /// Nobody knows what it has: all is sent the next time.
  void forget() { sent_.clear(); }

 private:
  std::vector<std::string> sent_;  ///< line by line
  TerminalSize size_{0, 0};
};

}  // namespace vnode
