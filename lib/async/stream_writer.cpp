#include "async/stream_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include "base/write_all.h"

namespace vnode {
namespace {

/// Room for that much is what poll() means by "writable", for pipes and sockets alike.
constexpr std::size_t kNonBlockingBytes = PIPE_BUF;
/// What the thread writes at a time, so that it shows that the reader reads.
constexpr std::size_t kPieceBytes = 64 * 1024;

bool is_writable_now(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

}  // namespace

StreamWriter::~StreamWriter() { (void)close(); }

void StreamWriter::after_append(std::unique_lock<std::mutex>& lock) {
  State& state = *state_;
  if (state.is_closing || state.dropping) {
    state.buffer.clear();
    return;
  }
  if (!thread_.joinable()) start_thread();
  if (state.buffer.size() >= state.options.block_size) {
    state.hand_over();
  } else if (state.is_asleep && !state.buffer.empty()) {
    state.is_asleep = false;
    state.wanted.notify_one();
  }
  while (state.waiting_bytes > state.options.max_waiting && !state.dropping && !state.is_late()) {
    if (state.hurry_from) {
      state.progress.wait_until(lock, *state.hurry_from);
    } else {
      state.progress.wait(lock);
    }
  }
  if (state.waiting_bytes > state.options.max_waiting_late) state.give_up_reader();
}

void StreamWriter::start_thread() {
  try {
    thread_ = std::thread([state = state_] { state->work(); });
    state_->has_ended = false;
  } catch (const std::system_error&) {
    state_->give_up(EAGAIN);
  }
}

/// With the lock: the filled part becomes a block for the thread.
void StreamWriter::State::hand_over() {
  if (buffer.empty() || dropping) return;
  waiting_bytes += buffer.size();
  if (!blocks.empty() && blocks.back().size() + buffer.size() <= options.block_size) {
    blocks.back() += buffer;
  } else {
    blocks.push_back(std::move(buffer));
    buffer = std::move(spare);
  }
  buffer.clear();
  wanted.notify_one();
}

void StreamWriter::flush() {
  std::unique_lock lock(state_->mutex);
  if (state_->buffer.empty() || state_->dropping) return;
  if (state_->buffer.size() <= kNonBlockingBytes) state_->write_without_blocking();
  state_->hand_over();
}

/// With the lock: spares the change of threads for the few lines of an ordinary step. Leaves in the buffer
/// what could not be written.
void StreamWriter::State::write_without_blocking() {
  if (!is_in_turn()) return;
  std::size_t done = 0;
  while (done < buffer.size() && is_writable_now(fd)) {
    const std::size_t size = std::min(buffer.size() - done, kNonBlockingBytes);
    const ssize_t written = ::write(fd, buffer.data() + done, size);
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      break;
    } else {
      return give_up(errno);
    }
  }
  buffer.erase(0, done);
}

/// With the lock. EPIPE means that nobody wants the text, which is no error.
void StreamWriter::State::give_up(int error_number) {
  if (error_number == EPIPE) {
    if (!reader_gone.exchange(true) && options.on_reader_gone) options.on_reader_gone();
  } else if (!error) {
    error = Error{ErrorCode::kIo, std::generic_category().message(error_number)};
  }
  drop();
}

/// With the lock. It takes nothing, and there is a hurry.
void StreamWriter::State::give_up_reader() {
  if (!is_written()) has_given_up = true;
  drop();
}

/// With the lock.
void StreamWriter::State::drop() {
  dropping = true;
  blocks.clear();
  buffer.clear();
  waiting_bytes = 0;
  progress.notify_all();
}

void StreamWriter::State::work() {
  std::unique_lock lock(mutex);
  while (wait_for_block(lock)) write_block(lock);
  has_ended = true;
  progress.notify_all();
}

/// False when all is written and the writer is closing.
bool StreamWriter::State::wait_for_block(std::unique_lock<std::mutex>& lock) {
  // While text keeps coming the thread wakes by the clock, so that append need not wake it; after a period
  // without any it sleeps until the next append.
  bool was_quiet = false;
  while (blocks.empty()) {
    if (is_closing) {
      hand_over();
      return !blocks.empty();
    }
    if (was_quiet && buffer.empty()) {
      is_asleep = true;
      wanted.wait(lock, [this] { return is_closing || !buffer.empty() || !blocks.empty(); });
      is_asleep = false;
      was_quiet = false;
    } else if (!wanted.wait_for(lock, options.max_delay, [this] { return is_closing || !blocks.empty(); })) {
      was_quiet = buffer.empty();
      hand_over();
    }
  }
  return true;
}

void StreamWriter::State::write_block(std::unique_lock<std::mutex>& lock) {
  std::string block = std::move(blocks.front());
  blocks.pop_front();
  is_writing = true;
  int error_number = 0;
  for (std::string_view rest = block; !rest.empty() && error_number == 0 && !dropping;) {
    const std::string_view piece = rest.substr(0, kPieceBytes);
    rest.remove_prefix(piece.size());
    lock.unlock();
    error_number = write_all(fd, piece);
    lock.lock();
    last_write = std::chrono::steady_clock::now();
  }
  is_writing = false;
  if (error_number != 0) return give_up(error_number);
  if (!dropping) waiting_bytes -= block.size();
  if (spare.capacity() < block.capacity()) spare = std::move(block);
  progress.notify_all();
}

void StreamWriter::hurry(SteadyTime from) {
  const std::lock_guard lock(state_->mutex);
  state_->hurry_from = state_->hurry_from ? std::min(*state_->hurry_from, from) : from;
  state_->progress.notify_all();
}

void StreamWriter::put_off_hurry(Duration by) {
  const std::lock_guard lock(state_->mutex);
  const SteadyTime since = std::chrono::steady_clock::now() - by;
  if (state_->hurry_from && *state_->hurry_from > since) *state_->hurry_from += by;
}

bool StreamWriter::drain(Duration patience) {
  hurry(std::chrono::steady_clock::now());
  std::unique_lock lock(state_->mutex);
  state_->hand_over();
  return wait_for(lock, patience, [this] { return state_->is_written(); });
}

/// Waits, without end as long as there is no hurry; then as long as the reader takes something at least once
/// in `patience` from now on. True when the condition is met.
template <class Condition>
bool StreamWriter::wait_for(std::unique_lock<std::mutex>& lock, Duration patience, Condition is_met) {
  State& state = *state_;
  const SteadyTime begin = std::chrono::steady_clock::now();
  while (!is_met()) {
    if (!state.hurry_from) {
      state.progress.wait(lock);
      continue;
    }
    SteadyTime limit = std::max({begin, *state.hurry_from, state.last_write}) + patience;
    if (const auto& most = state.options.most_late)
      limit = std::min(limit, std::max(begin + patience, *state.hurry_from + *most));
    if (std::chrono::steady_clock::now() >= limit) return false;
    state.progress.wait_until(lock, limit);
  }
  return true;
}

Result<void> StreamWriter::close() {
  std::unique_lock lock(state_->mutex);
  const bool is_first_call = !std::exchange(state_->is_closing, true);
  // Nobody is kept from anything by writing here, and the thread has only to end.
  if (is_first_call && !state_->dropping) state_->write_without_blocking();
  state_->wanted.notify_one();
  const bool is_done = wait_for(lock, state_->options.patience, [this] { return state_->has_ended; });
  if (!is_done) state_->give_up_reader();
  lock.unlock();
  if (thread_.joinable()) is_done ? thread_.join() : thread_.detach();
  // Late errors of network file systems come out only here. A thread that hangs still has the descriptor.
  if (is_first_call && is_done && state_->options.owns_fd && ::close(state_->fd) != 0 && errno != EINTR &&
      !state_->error) {
    state_->error = Error{ErrorCode::kIo, std::generic_category().message(errno)};
  }
  if (state_->error) return *state_->error;
  return {};
}

}  // namespace vnode
