#include "python/control_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstring>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

using Receipt = ControlSocket::Receipt;

struct Ends {
  Ends() {
    int fds[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    near = OwnedFd(fds[0]);
    far = OwnedFd(fds[1]);
  }
  OwnedFd near, far;
};

/// A packet and its first descriptor.
struct Received {
  std::string text;
  OwnedFd fd;
};

Received receive_with_descriptor(int socket) {
  char text[100];
  iovec part{text, sizeof text};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  Received received;
  if (size < 0) return received;
  received.text.assign(text, static_cast<std::size_t>(size));
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    received.fd = OwnedFd(fd);
  }
  return received;
}

TEST(ControlSocket, KeepsPacketsApart) {
  Ends ends;
  ControlSocket near(std::move(ends.near)), far(std::move(ends.far));
  EXPECT_TRUE(near.send("one"));
  EXPECT_TRUE(near.send("two"));
  std::string text;
  EXPECT_EQ(far.receive(text), Receipt::kPacket);
  EXPECT_EQ(text, "one");
  EXPECT_EQ(far.receive(text), Receipt::kPacket);
  EXPECT_EQ(text, "two");
  EXPECT_EQ(far.receive(text), Receipt::kNothing);
}

TEST(ControlSocket, PassesDescriptorsAndClosesThemHere) {
  Ends ends;
  ControlSocket near(std::move(ends.near));
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const OwnedFd reader(pipe[0]);
  std::vector<OwnedFd> descriptors;
  descriptors.emplace_back(pipe[1]);
  EXPECT_TRUE(near.send("take", std::move(descriptors)));
  EXPECT_EQ(::fcntl(pipe[1], F_GETFD), -1);
  Received received = receive_with_descriptor(ends.far.get());
  EXPECT_EQ(received.text, "take");
  ASSERT_TRUE(received.fd);
  EXPECT_EQ(::write(received.fd.get(), "hello", 5), 5);
  received.fd.reset();
  EXPECT_EQ(read_to_end(reader.get()), "hello");
}

TEST(ControlSocket, KeepsWhatDoesNotFitInOrder) {
  Ends ends;
  ControlSocket near(std::move(ends.near));
  int sent = 0;
  while (!near.has_unsent()) EXPECT_TRUE(near.send(std::to_string(sent++)));
  for (int i = 0; i < 100; ++i) {
    std::vector<OwnedFd> descriptors;
    descriptors.emplace_back(::dup(0));
    EXPECT_TRUE(near.send(std::to_string(sent++), std::move(descriptors)));
  }
  for (int i = 0; i < sent; ++i) {
    Received received = receive_with_descriptor(ends.far.get());
    if (received.text.empty()) {
      near.flush();
      received = receive_with_descriptor(ends.far.get());
    }
    ASSERT_EQ(received.text, std::to_string(i));
    EXPECT_EQ(static_cast<bool>(received.fd), i >= sent - 100);
  }
  near.flush();
  EXPECT_FALSE(near.has_unsent());
}

TEST(ControlSocket, TheOtherEndSeesTheEndAndCanStillSend) {
  Ends ends;
  ControlSocket near(std::move(ends.near)), far(std::move(ends.far));
  near.end_sending();
  std::string text;
  EXPECT_EQ(far.receive(text), Receipt::kClosed);
  EXPECT_TRUE(far.send("last words"));
  EXPECT_EQ(near.receive(text), Receipt::kPacket);
  EXPECT_EQ(text, "last words");
}

TEST(ControlSocket, DropsWhatNobodyReads) {
  Ends ends;
  ControlSocket near(std::move(ends.near));
  while (!near.has_unsent()) EXPECT_TRUE(near.send("x"));
  ends.far.reset();
  near.flush();
  EXPECT_FALSE(near.has_unsent());
  EXPECT_TRUE(near.send("x"));
  std::string text;
  EXPECT_EQ(near.receive(text), Receipt::kClosed);
}

TEST(ControlSocket, RefusesPacketsThatAreTooLarge) {
  Ends ends;
  ControlSocket near(std::move(ends.near));
  EXPECT_FALSE(near.send(std::string(10'000, 'x')));
}

}  // namespace
}  // namespace vnode::test
