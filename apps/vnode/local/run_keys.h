#pragma once

#include <mutex>
#include <string>

#include "apps/vnode/terminal/key_mode.h"

namespace vnode {

/// What is typed at the terminal of a run, one key after the other, while it is in the foreground; Ctrl-C and
/// Ctrl-Z stay signals. Thread rule: any.
class RunKeys {
 public:
  /// From now on, or no longer: the terminal is as it was before.
  void take(bool is_wanted);
  /// What has been typed since the last call; does not wait.
  std::string read();

 private:
  std::mutex mutex_;
  KeyMode mode_;
  bool is_wanted_ = false;
};

}  // namespace vnode
