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

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";  // the other screen, no cursor
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";

constexpr char kCtrlZ = '\x1a';

/// How often a job in the background looks whether it is in the foreground again: nobody tells it.
constexpr int kLookEvery = 200;  // milliseconds

}  // namespace

LiveScreen::LiveScreen(std::function<void()> on_quit)
    : on_quit_(std::move(on_quit)), end_(::eventfd(0, EFD_CLOEXEC)) {
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
  keys_.watch(STDIN_FILENO, FdWatcher::Readiness::kReadable, [this] { take_key(); });
}

void LiveScreen::take_key() {
  char key = 0;
  if (::read(STDIN_FILENO, &key, 1) != 1) return;
  if (key == 'q' || key == 'Q') on_quit_();
  if (key == kCtrlZ) {
    set_hidden(true);
    mode_.restore();
    if (!stop_until_foreground()) return;
    mode_.change();
    set_hidden(false);
  }
  watch_keys();
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
  show();
}

void LiveScreen::draw(std::vector<std::string> lines) {
  const std::lock_guard lock(mutex_);
  lines_ = std::move(lines);
  show();
}

void LiveScreen::show() const {
  if (is_hidden_) return;
  const auto room = static_cast<std::size_t>(std::max(terminal_size(STDOUT_FILENO).rows, 1));
  std::string out = "\x1b[H";
  for (std::size_t i = 0; i < std::min(lines_.size(), room); ++i) {
    if (i > 0) out += "\r\n";
    out += lines_[i] + "\x1b[K";
  }
  // In one piece, so that it does not flicker.
  (void)write_to_stdout(out + "\x1b[J");
}

}  // namespace vnode
