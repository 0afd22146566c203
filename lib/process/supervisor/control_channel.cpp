#include "process/supervisor/control_channel.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace vnode {
namespace {

constexpr std::size_t kControlRoom = CMSG_SPACE(sizeof(int) * wire::kMostDescriptors);
constexpr std::size_t kReadAtOnce = 64 * 1024;

void close_all(const std::vector<int>& descriptors) {
  for (const int descriptor : descriptors) ::close(descriptor);
}

/// Gives what was dealt with back, but not after each frame.
void drop_front(std::string& bytes, std::size_t& done) {
  if (done == bytes.size()) {
    bytes.clear();
    done = 0;
  } else if (done > kReadAtOnce) {
    bytes.erase(0, done);
    done = 0;
  }
}

}  // namespace

ControlChannel::~ControlChannel() {
  for (const Received& one : received_) close_all(one.descriptors);
  for (const Passed& one : passed_) close_all(one.descriptors);
}

bool ControlChannel::read() {
  std::array<char, kReadAtOnce> buffer;
  for (;;) {
    iovec part{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, kControlRoom> control;
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket_, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN || errno == ENOBUFS;
    if (size == 0) return false;
    arrived_.append(buffer.data(), static_cast<std::size_t>(size));
    keep_descriptors(&message);
    if (static_cast<std::size_t>(size) < buffer.size() && message.msg_controllen == 0) return true;
  }
}

/// One call brings those of one frame at most.
void ControlChannel::keep_descriptors(void* of_call) {
  msghdr& message = *static_cast<msghdr*>(of_call);
  const bool is_short = (message.msg_flags & MSG_CTRUNC) != 0;
  Received received{{}, is_short};
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    received.descriptors.resize(count);
    std::memcpy(received.descriptors.data(), CMSG_DATA(part), count * sizeof(int));
  }
  if (is_short || !received.descriptors.empty()) received_.push_back(std::move(received));
}

bool ControlChannel::next(Frame& frame) {
  if (is_broken_ || arrived_.size() - taken_ < sizeof frame.head) return false;
  std::memcpy(&frame.head, arrived_.data() + taken_, sizeof frame.head);
  if (frame.head.size > wire::kMostPayload) {
    is_broken_ = true;
    return false;
  }
  if (arrived_.size() - taken_ - sizeof frame.head < frame.head.size) return false;
  taken_ += sizeof frame.head;
  frame.payload.assign(arrived_, taken_, frame.head.size);
  taken_ += frame.head.size;
  drop_front(arrived_, taken_);
  frame.descriptors.clear();
  frame.is_short = false;
  if (frame.head.descriptors > 0 && !received_.empty()) {
    frame.descriptors = std::move(received_.front().descriptors);
    received_.pop_front();
  }
  frame.is_short = frame.descriptors.size() < frame.head.descriptors;
  return true;
}

void ControlChannel::send(wire::FrameHead head, std::string_view payload, std::vector<int> descriptors) {
  head.size = static_cast<std::uint32_t>(payload.size());
  head.descriptors = static_cast<std::uint16_t>(descriptors.size());
  if (!descriptors.empty()) passed_.push_back({unsent_.size(), std::move(descriptors)});
  unsent_.append(reinterpret_cast<const char*>(&head), sizeof head);
  unsent_.append(payload);
}

bool ControlChannel::flush() {
  while (has_unsent()) {
    const long size = send_some();
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS;
    sent_ += static_cast<std::size_t>(size);
  }
  unsent_.clear();
  sent_ = 0;
  return true;
}

/// Up to the next frame that has descriptors, whose first byte they go with.
long ControlChannel::send_some() {
  const bool passes = !passed_.empty() && passed_.front().at == sent_;
  const std::size_t later = passes ? 1 : 0;
  const std::size_t end = passed_.size() > later ? passed_[later].at : unsent_.size();
  iovec part{unsent_.data() + sent_, end - sent_};
  alignas(cmsghdr) std::array<char, kControlRoom> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (passes) {
    const std::vector<int>& descriptors = passed_.front().descriptors;
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(head), descriptors.data(), sizeof(int) * descriptors.size());
  }
  const ssize_t size = ::sendmsg(socket_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size > 0 && passes) {
    close_all(passed_.front().descriptors);
    passed_.pop_front();
  }
  return size;
}

}  // namespace vnode
