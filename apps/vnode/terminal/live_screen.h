#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "apps/vnode/terminal/key_decoder.h"
#include "apps/vnode/terminal/key_mode.h"
#include "apps/vnode/terminal/screen_update.h"
#include "async/fd_watcher.h"
#include "base/owned_fd.h"

namespace vnode {

/// A terminal's screen as long as something is shown on it live. What was on it before comes back at the end,
/// and while Ctrl-Z has stopped the program, as do its settings. To be made after what takes signals: it
/// starts a thread.
class LiveScreen {
 public:
  /// `on_key` is called, on another thread, with what is typed; Ctrl-Z and Ctrl-L are none of these.
  explicit LiveScreen(std::function<void(const Key&)> on_key);
  LiveScreen(const LiveScreen&) = delete;
  ~LiveScreen();

  /// Shows these lines in place of those before, as many as there is room for. They must fit its width. Only
  /// lines that have changed are sent.
  void draw(std::vector<std::string> lines);

 private:
  void watch_keys();
  void take_keys();
  bool take(const Key& key);
  bool stop_until_foreground();
  void set_hidden(bool is_hidden);
  void show();

  std::function<void(const Key&)> on_key_;
  KeyDecoder decoder_;              ///< on the keys' thread
  std::mutex mutex_;                ///< for what is on the screen
  std::vector<std::string> lines_;  ///< what is to be shown,
  ScreenUpdate screen_;             ///< what the terminal has
  bool is_hidden_ = false;          ///< but not now: Ctrl-Z has given the terminal back
  KeyMode mode_;
  OwnedFd end_;  ///< readable when what waits for the foreground is to end
  FdWatcher keys_;
};

}  // namespace vnode
