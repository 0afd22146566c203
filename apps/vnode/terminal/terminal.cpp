#include "apps/vnode/terminal/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/write_all.h"

namespace vnode {
void occupy_closed_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // Gets the lowest free number, which is `fd`.
    if (::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

bool is_smart_terminal(int fd) {
  const char* kind = std::getenv("TERM");
  return is_terminal(fd) && kind && *kind && std::string_view(kind) != "dumb";
}

bool wants_colour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  return is_smart_terminal(fd) && !(no_colour && *no_colour);
}

TerminalSize terminal_size(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

int write_to_stdout(std::string_view text) {
  const int error_number = write_all(STDOUT_FILENO, text);
  return error_number == EPIPE ? 0 : error_number;
}

bool is_reader_gone(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & (POLLERR | POLLHUP)) != 0;
}

void write_to_stderr(std::string_view text) { (void)write_all(STDERR_FILENO, text); }

}  // namespace vnode
