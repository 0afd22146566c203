#pragma once

#include <termios.h>

namespace vnode {

/// A job in the background must not touch the terminal: it would be stopped.
bool is_in_foreground();

/// The terminal of the standard input gives keys one by one, and does not show them, between `change` and
/// `restore` (or the end of this).
class KeyMode {
 public:
  KeyMode() = default;
  KeyMode(const KeyMode&) = delete;
  ~KeyMode() { restore(); }

  /// What Ctrl-Z is meanwhile.
  enum class StopKey { kIsAKey, kStops };
  /// Nothing happens where there is no terminal, or another job has it.
  void change(StopKey stop_key = StopKey::kIsAKey);
  void restore();
  bool is_changed() const { return is_changed_; }

 private:
  termios former_{};
  bool is_changed_ = false;
};

}  // namespace vnode
