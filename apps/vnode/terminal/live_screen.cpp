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

// The other screen, no cursor; and what is too wide, whatever this terminal makes of a character, is cut off.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr std::string_view kLeave = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// How long what follows an Escape may be under way, if it is no key of its own.
constexpr int kSequencePatience = 50;  // milliseconds

/// How often a job in the background looks whether it is in the foreground again: nobody tells it.
constexpr int kLookEvery = 200;  // milliseconds

}  // namespace

LiveScreen::LiveScreen(std::function<void(const Key&)> on_key)
    : on_key_(std::move(on_key)), end_(::eventfd(0, EFD_CLOEXEC)) {
  // First, so that no key is taken for something else once the screen is there.
  if (end_) mode_.change();
  (void)write_to_stdout(kEnter);
  if (mode_.is_changed()) watch_keys();
}

LiveScreen::~LiveScreen() {
  const std::uint64_t one = 1;
  (void)!::write(end_.get(), &one, sizeof one);
  keys_.forget(STDIN_FILENO);
  if (!is_hidden_) (void)write_to_stdout(kLeave);
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
    sent_.clear();
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
  (void)write_to_stdout(is_hidden ? kLeave : kEnter);
  sent_.clear();
  show();
}

void LiveScreen::draw(std::vector<std::string> lines) {
  const std::lock_guard lock(mutex_);
  lines_ = std::move(lines);
  show();
}

void LiveScreen::show() {
  if (is_hidden_) return;
  const TerminalSize size = terminal_size(STDOUT_FILENO);
  if (size.columns != size_.columns || size.rows != size_.rows) sent_.clear();
  size_ = size;
  const auto room = static_cast<std::size_t>(std::max(size.rows, 1));
  const std::size_t count = std::min(lines_.size(), room);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i < sent_.size() && sent_[i] == lines_[i]) continue;
    // Erased first: behind a character in the last column the cursor is still on it.
    out += "\x1b[" + std::to_string(i + 1) + ";1H\x1b[K" + lines_[i];
  }
  if (count < room && (sent_.empty() || sent_.size() > count))
    out += "\x1b[" + std::to_string(count + 1) + ";1H\x1b[J";
  sent_.assign(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(count));
  // In one piece, so that it does not flicker.
  if (!out.empty()) (void)write_to_stdout(out);
}

}  // namespace vnode
