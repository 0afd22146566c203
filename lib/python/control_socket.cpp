#include "python/control_socket.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace vnode {
namespace {

/// More than any packet has.
constexpr std::size_t kMaxDescriptors = 8;
constexpr std::size_t kMaxPacket = 4096;

bool is_full(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }
bool is_closed(int error) { return error == EPIPE || error == ECONNRESET || error == ENOTCONN; }

}  // namespace

Result<void> ControlSocket::send(std::string text, std::vector<OwnedFd> descriptors) {
  if (text.size() > kMaxPacket || descriptors.size() > kMaxDescriptors) {
    return Error{ErrorCode::kInternal, "a packet is too large"};
  }
  Packet packet{std::move(text), std::move(descriptors)};
  const int error = has_unsent() ? EAGAIN : send_packet(packet);
  if (is_full(error)) {
    unsent_.push_back(std::move(packet));
  } else if (error != 0 && !is_closed(error)) {
    return Error{ErrorCode::kUnavailable, std::generic_category().message(error)};
  }
  return {};
}

void ControlSocket::flush() {
  while (!unsent_.empty()) {
    if (is_full(send_packet(unsent_.front()))) return;
    unsent_.pop_front();
  }
}

void ControlSocket::end_sending() {
  unsent_.clear();
  ::shutdown(socket_.get(), SHUT_WR);
}

/// 0 or the error number.
int ControlSocket::send_packet(const Packet& packet) {
  iovec text{const_cast<char*>(packet.text.data()), packet.text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxDescriptors)> control{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  if (!packet.descriptors.empty()) {
    const std::size_t size = sizeof(int) * packet.descriptors.size();
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    unsigned char* next = CMSG_DATA(header);
    for (const OwnedFd& descriptor : packet.descriptors) {
      const int fd = descriptor.get();
      std::memcpy(next, &fd, sizeof fd);
      next += sizeof fd;
    }
  }
  for (;;) {
    if (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return 0;
    if (errno != EINTR) return errno;
  }
}

ControlSocket::Receipt ControlSocket::receive(std::string& text) {
  std::array<char, kMaxPacket> buffer;
  for (;;) {
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
      text.assign(buffer.data(), static_cast<std::size_t>(count));
      return Receipt::kPacket;
    }
    if (count < 0 && errno == EINTR) continue;
    return count < 0 && is_full(errno) ? Receipt::kNothing : Receipt::kClosed;
  }
}

}  // namespace vnode
