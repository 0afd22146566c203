#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

#include "base/owned_fd.h"

namespace vnode::test {

/// Two ends of a Unix connection: `near` for what is tested, `far` in the hands of the test.
struct SocketPair {
  SocketPair() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    near = OwnedFd(ends[0]);
    far = OwnedFd(ends[1]);
  }

  /// All of a short text.
  void write(std::string_view text) const {
    EXPECT_EQ(::send(far.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// As much as there is room for; returns how much that was.
  std::size_t write_some(std::string_view text) const {
    const ssize_t size = ::send(far.get(), text.data(), text.size(), MSG_NOSIGNAL);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  /// What has arrived, at most so much.
  std::string read(std::size_t most = 1 << 20) const {
    std::string text(most, '\0');
    const ssize_t size = ::recv(far.get(), text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }
  bool is_at_end() const {
    char byte = 0;
    return ::recv(far.get(), &byte, 1, MSG_PEEK) == 0;
  }

  OwnedFd near;
  OwnedFd far;
};

}  // namespace vnode::test
