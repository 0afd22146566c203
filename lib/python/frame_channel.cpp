#include "python/frame_channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <thread>

#include "async/wait_readable.h"

namespace vnode {
namespace {

constexpr std::size_t kHeader = 4;
/// One read takes that much when nothing is known of what comes.
constexpr std::size_t kChunk = 64 * 1024;
/// Buffers up to this size are kept for the next frame; larger ones are rare, and go back to the system.
constexpr std::size_t kKept = 1024 * 1024;
/// Looking at the clock costs about as much as a try.
constexpr int kTriesPerLook = 8;

static_assert(std::endian::native == std::endian::little, "lengths are copied as they are");

std::size_t length_at(const char* bytes) {
  std::uint32_t length = 0;
  std::memcpy(&length, bytes, kHeader);
  return length;
}

/// How long to try again and again: going to sleep and being woken takes as long as most answers. With one
/// processor only the other side could not even begin to answer.
Duration busy_time() {
  static const bool has_several_processors = std::thread::hardware_concurrency() > 1;
  return has_several_processors ? std::chrono::microseconds(100) : Duration::zero();
}

bool is_temporary(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

}  // namespace

void FrameChannel::queue(std::string_view message) {
  if (is_send_closed_) return;
  constexpr std::size_t kAround = 2;  // a bracket or a comma, and the last bracket
  if (message.size() + kAround > max_frame_) {
    close();
    return;
  }
  if (!queued_.empty() && queued_.size() - kHeader + message.size() + kAround > max_frame_) {
    seal();
    unsent_.push_back(std::exchange(queued_, {}));
  }
  if (queued_.empty()) {
    queued_.reserve(kHeader + message.size() + kAround);
    queued_.append(kHeader, '\0').push_back('[');
  } else {
    queued_.push_back(',');
  }
  queued_.append(message);
}

/// Completes the frame in `queued_`.
void FrameChannel::seal() {
  queued_.push_back(']');
  const auto length = static_cast<std::uint32_t>(queued_.size() - kHeader);
  std::memcpy(queued_.data(), &length, kHeader);
}

void FrameChannel::flush() {
  if (has_unsent()) send_unsent();
  if (!has_queued()) return;
  seal();
  if (!has_unsent()) {
    const std::size_t sent = send_some(queued_);
    if (sent == queued_.size() || is_send_closed_) {
      queued_.clear();
      if (queued_.capacity() > kKept) queued_ = {};
      return;
    }
    sent_ = sent;
    unsent_.push_back(std::exchange(queued_, {}));
  } else if (unsent_.back().size() + queued_.size() <= kChunk) {
    unsent_.back() += queued_;  // many small frames go with one call
    queued_.clear();
  } else {
    unsent_.push_back(std::exchange(queued_, {}));
  }
}

void FrameChannel::send_unsent() {
  while (!unsent_.empty()) {
    sent_ += send_some(std::string_view(unsent_.front()).substr(sent_));
    if (is_send_closed_) return close_sending();
    if (sent_ < unsent_.front().size()) return;
    sent_ = 0;
    unsent_.pop_front();
  }
}

/// How much of it the socket has taken.
std::size_t FrameChannel::send_some(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count =
        ::send(socket_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (is_temporary(errno)) {
      break;
    } else if (errno != EINTR) {
      is_send_closed_ = true;  // what the other end sent before it went can still be read
      break;
    }
  }
  return sent;
}

void FrameChannel::close_sending() {
  is_send_closed_ = true;
  queued_ = {};
  unsent_.clear();
  sent_ = 0;
}

void FrameChannel::close() {
  close_sending();
  is_closed_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
}

FrameChannel::Receipt FrameChannel::receive(std::string_view& frame) {
  while (!take_frame(frame)) {
    const Receipt receipt = fill();
    if (receipt != Receipt::kFrame) return receipt;
  }
  return Receipt::kFrame;
}

FrameChannel::Receipt FrameChannel::receive(std::string_view& frame, Duration time) {
  Receipt receipt = receive(frame);
  if (receipt != Receipt::kNothing || time <= Duration::zero()) return receipt;
  const SteadyTime begin = std::chrono::steady_clock::now();
  const SteadyTime busy_until = begin + std::min(time, busy_time());
  do {
    for (int i = 0; i < kTriesPerLook && receipt == Receipt::kNothing; ++i) receipt = receive(frame);
  } while (receipt == Receipt::kNothing && std::chrono::steady_clock::now() < busy_until);
  if (receipt != Receipt::kNothing) return receipt;
  wait_readable(socket_.get(), begin + time - std::chrono::steady_clock::now());
  return receive(frame);
}

bool FrameChannel::take_frame(std::string_view& frame) {
  const std::size_t wanted = wanted_bytes();
  if (end_ - begin_ > kHeader && received_[begin_ + kHeader] != '[') {
    // No frame begins like this: somebody else has written here, and what is taken for a length means
    // nothing.
    close();
    return false;
  }
  if (end_ - begin_ < wanted) return false;
  frame = std::string_view(received_.get() + begin_ + kHeader, wanted - kHeader);
  begin_ += wanted;
  return true;
}

/// The size of the next frame with its header, or that of the header as long as that is not there.
std::size_t FrameChannel::wanted_bytes() const {
  if (end_ - begin_ < kHeader) return kHeader;
  return kHeader + length_at(received_.get() + begin_);
}

/// Reads once. kFrame: something came.
FrameChannel::Receipt FrameChannel::fill() {
  if (is_closed_ || !make_room()) return Receipt::kClosed;
  for (;;) {
    const ssize_t count = ::recv(socket_.get(), received_.get() + end_, capacity_ - end_, MSG_DONTWAIT);
    if (count > 0) {
      end_ += static_cast<std::size_t>(count);
      return Receipt::kFrame;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && is_temporary(errno)) return Receipt::kNothing;
    is_closed_ = true;
    return Receipt::kClosed;
  }
}

/// Room for the rest of the frame that has begun to arrive, or for a chunk. False when there is no memory for
/// it.
bool FrameChannel::make_room() {
  if (begin_ == end_ && capacity_ > kKept) {
    received_.reset();
    capacity_ = begin_ = end_ = 0;
  }
  const std::size_t wanted = wanted_bytes();
  if (wanted > capacity_) return reserve(std::max(wanted, kChunk));
  if (begin_ > 0) {  // moves every frame once at most: from then on it lies at the front
    std::memmove(received_.get(), received_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return true;
}

bool FrameChannel::reserve(std::size_t capacity) {
  std::unique_ptr<char[]> larger(new (std::nothrow) char[capacity]);  // not filled: it may be large
  if (!larger) {
    close();
    return false;
  }
  if (end_ > begin_) std::memcpy(larger.get(), received_.get() + begin_, end_ - begin_);
  received_ = std::move(larger);
  capacity_ = capacity;
  end_ -= begin_;
  begin_ = 0;
  return true;
}

}  // namespace vnode
