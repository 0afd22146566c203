#include "async/stream_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace vnode {
namespace {

/// Room for that much is what poll() means by "writable", for pipes and sockets alike.
constexpr std::size_t kNonBlockingBytes = PIPE_BUF;

bool is_writable_now(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

void wait_until_writable(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  ::poll(&entry, 1, -1);
}

/// Writes all of `text`, however long that takes. Returns 0 or the error number.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_until_writable(fd);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

StreamWriter::~StreamWriter() { (void)close(); }

void StreamWriter::after_append(std::unique_lock<std::mutex>& lock) {
  if (is_closing_) {
    buffer_.clear();
    return;
  }
  if (!thread_.joinable()) start_thread();
  if (buffer_.size() >= options_.block_size) {
    hand_over();
  } else if (is_asleep_ && !buffer_.empty()) {
    is_asleep_ = false;
    work_.notify_one();
  }
  if (waiting_bytes_ > options_.max_waiting) {
    space_.wait(lock, [this] { return waiting_bytes_ <= options_.max_waiting || is_closed_to_text(); });
  }
}

void StreamWriter::start_thread() {
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    give_up(EAGAIN);
  }
}

/// With the lock: the filled part becomes a block for the thread.
void StreamWriter::hand_over() {
  if (buffer_.empty() || is_closed_to_text()) return;
  waiting_bytes_ += buffer_.size();
  if (!blocks_.empty() && blocks_.back().size() + buffer_.size() <= options_.block_size) {
    blocks_.back() += buffer_;
  } else {
    blocks_.push_back(std::move(buffer_));
    buffer_ = std::move(spare_);
  }
  buffer_.clear();
  work_.notify_one();
}

void StreamWriter::flush() {
  std::unique_lock lock(mutex_);
  if (buffer_.empty() || is_closed_to_text()) return;
  write_without_blocking();
  hand_over();
}

/// With the lock: spares the change of threads for the few lines of an ordinary step. Leaves in the buffer
/// what could not be written.
void StreamWriter::write_without_blocking() {
  if (!is_in_turn() || buffer_.size() > kNonBlockingBytes || !is_writable_now(fd_)) return;
  const ssize_t written = ::write(fd_, buffer_.data(), buffer_.size());
  if (written >= 0) {
    buffer_.erase(0, static_cast<std::size_t>(written));
  } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
    give_up(errno);
  }
}

/// With the lock. EPIPE means that nobody wants the text, which is no error.
void StreamWriter::give_up(int error_number) {
  dropping_ = true;
  blocks_.clear();
  buffer_.clear();
  waiting_bytes_ = 0;
  if (error_number == EPIPE) {
    if (!reader_gone_.exchange(true) && options_.on_reader_gone) options_.on_reader_gone();
  } else if (!error_) {
    error_ = Error{ErrorCode::kIo, std::generic_category().message(error_number)};
  }
  space_.notify_all();
}

void StreamWriter::work() {
  std::unique_lock lock(mutex_);
  while (wait_for_block(lock)) write_block(lock);
}

/// False when all is written and the writer is closing.
bool StreamWriter::wait_for_block(std::unique_lock<std::mutex>& lock) {
  // While text keeps coming the thread wakes by the clock, so that append need not wake it; after a period
  // without any it sleeps until the next append.
  bool was_quiet = false;
  while (blocks_.empty()) {
    if (is_closing_) {
      hand_over();
      return !blocks_.empty();
    }
    if (was_quiet && buffer_.empty()) {
      is_asleep_ = true;
      work_.wait(lock, [this] { return is_closing_ || !buffer_.empty() || !blocks_.empty(); });
      is_asleep_ = false;
      was_quiet = false;
    } else if (!work_.wait_for(lock, options_.max_delay,
                               [this] { return is_closing_ || !blocks_.empty(); })) {
      was_quiet = buffer_.empty();
      hand_over();
    }
  }
  return true;
}

void StreamWriter::write_block(std::unique_lock<std::mutex>& lock) {
  std::string block = std::move(blocks_.front());
  blocks_.pop_front();
  is_writing_ = true;
  lock.unlock();
  const int error_number = write_all(fd_, block);
  lock.lock();
  is_writing_ = false;
  if (error_number != 0) {
    give_up(error_number);
    return;
  }
  waiting_bytes_ -= block.size();
  if (spare_.capacity() < block.capacity()) spare_ = std::move(block);
  space_.notify_one();
}

Result<void> StreamWriter::close() {
  bool is_first_call = false;
  {
    std::unique_lock lock(mutex_);
    is_first_call = !std::exchange(is_closing_, true);
    // Nobody is kept from anything by writing here, and the thread has only to end.
    if (is_first_call && !buffer_.empty() && is_in_turn()) {
      if (const int error_number = write_all(fd_, buffer_)) give_up(error_number);
      buffer_.clear();
    }
    work_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  // Late errors of network file systems come out only here.
  if (is_first_call && options_.owns_fd && ::close(fd_) != 0 && errno != EINTR && !error_) {
    error_ = Error{ErrorCode::kIo, std::generic_category().message(errno)};
  }
  if (error_) return *error_;
  return {};
}

}  // namespace vnode
