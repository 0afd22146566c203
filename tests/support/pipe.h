#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>

namespace vnode::test {

/// A pipe whose ends close themselves.
class Pipe {
 public:
  Pipe() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe2(fds_, O_CLOEXEC), 0);
  }
  ~Pipe() {
    close_reader();
    ::close(fds_[1]);
  }
  int reader() const { return fds_[0]; }
  int writer() const { return fds_[1]; }
  void close_reader() {
    if (fds_[0] != -1) ::close(fds_[0]);
    fds_[0] = -1;
  }
  /// Waits for text, at most that long.
  bool has_text_within(std::chrono::milliseconds time) const {
    pollfd entry{fds_[0], POLLIN, 0};
    return ::poll(&entry, 1, static_cast<int>(time.count())) == 1;
  }
  std::string read_some() const {
    char text[65536];
    const ssize_t size = ::read(fds_[0], text, sizeof text);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
  }

 private:
  int fds_[2] = {-1, -1};
};

}  // namespace vnode::test
