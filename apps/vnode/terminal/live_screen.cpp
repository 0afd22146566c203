#include "apps/vnode/terminal/live_screen.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <utility>

#include "apps/vnode/terminal/terminal.h"

namespace vnode {
namespace {

/// How long what follows an Escape may be under way, if it is no key of its own.
constexpr int kSequencePatience = 50;  // milliseconds

/// How often a job in the background looks whether it is in the foreground again: nobody tells it.
constexpr int kLookEvery = 200;  // milliseconds

}  // namespace

LiveScreen::LiveScreen(std::function<void(const Key&)> on_key)
    : on_key_(std::move(on_key)), end_(::eventfd(0, EFD_CLOEXEC)) {
  // First, so that no key is taken for something else once the screen is there.
  if (end_) mode_.change();
  (void)write_to_stdout(kEnterScreen);
  if (mode_.is_changed()) watch_keys();
}

LiveScreen::~LiveScreen() {
  const std::uint64_t one = 1;
  (void)!::write(end_.get(), &one, sizeof one);
  keys_.forget(STDIN_FILENO);
  if (!is_hidden_) (void)write_to_stdout(kLeaveScreen);
}

void LiveScreen::watch_keys() {
  keys_.watch(STDIN_FILENO, FdWatcher::Readiness::kReadable, [this] { take_keys(); });
}

void LiveScreen::take_keys() {
  char bytes[256];
  const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
  if (count <= 0) return;
  std::vector<Key> keys = decoder_.feed({bytes, static_cast<std::size_t>(count)});
  pollfd more{STDIN_FILENO, POLLIN, 0};
  if (decoder_.is_waiting() && ::poll(&more, 1, kSequencePatience) == 0) {
    for (Key& key : decoder_.give_up_waiting()) keys.push_back(std::move(key));
  }
  for (const Key& key : keys) {
    if (!take(key)) return;
  }
  watch_keys();
}

/// False: it is over.
bool LiveScreen::take(const Key& key) {
  if (key == Key{Key::Kind::kControl, "l"}) {
    const std::lock_guard lock(mutex_);
    screen_.forget();
    show();
  } else if (key == Key{Key::Kind::kControl, "z"}) {
    set_hidden(true);
    mode_.restore();
    if (!stop_until_foreground()) return false;
    mode_.change();
    set_hidden(false);
  } else {
    on_key_(key);
  }
  return true;
}

/// Stops the process as Ctrl-Z does. Goes on when the shell's `fg` has come; until then (it was `bg`, or a
/// signal that ends it) it may end. False: it ends, or the terminal is gone.
bool LiveScreen::stop_until_foreground() {
  ::raise(SIGTSTP);
  while (!is_in_foreground()) {
    if (::tcgetpgrp(STDIN_FILENO) < 0) return false;
    pollfd end{end_.get(), POLLIN, 0};
    if (::poll(&end, 1, kLookEvery) > 0) return false;
  }
  return true;
}

void LiveScreen::set_hidden(bool is_hidden) {
  const std::lock_guard lock(mutex_);
  is_hidden_ = is_hidden;
  (void)write_to_stdout(is_hidden ? kLeaveScreen : kEnterScreen);
  screen_.forget();
  show();
}

void LiveScreen::draw(std::vector<std::string> lines) {
  const std::lock_guard lock(mutex_);
  lines_ = std::move(lines);
  show();
}

void LiveScreen::show() {
  if (is_hidden_) return;
  const std::string out = screen_.show(lines_, terminal_size(STDOUT_FILENO));
  // In one piece, so that it does not flicker.
  if (!out.empty()) (void)write_to_stdout(out);
}

}  // namespace vnode
