#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/error.h"

namespace vnode {

/// Writes text to a file descriptor through a buffer, without making the caller wait for the reader.
///
/// What was appended is written at the latest `max_delay` later, by a thread of the writer's own that the
/// first append starts; sooner after `flush`, or when a block is full. The caller itself writes only what
/// cannot block. When more than `max_waiting` bytes wait for a slow reader, `append` blocks: memory stays
/// bounded.
///
/// When the reader has closed its end (EPIPE), the writer goes quiet: text is dropped, and that is not an
/// error. Any other failure is kept for `close`; text is dropped from then on. A reader that is there and
/// does not read can be waited for without end: see `hurry`.
///
/// Thread rule: append, flush and close: one thread; all others: any thread. SIGPIPE must be ignored by the
/// program.
class StreamWriter {
 public:
  struct Options {
    bool owns_fd = false;                       ///< close it at the end
    std::function<void()> on_reader_gone = {};  ///< once, on either thread; must not call back
    std::chrono::milliseconds max_delay{30};    ///< leaves room up to the 50 ms of the event stream
    std::size_t block_size = 256 * 1024;
    std::size_t max_waiting = 4 * 1024 * 1024;
    /// After `hurry`: how long a reader may take nothing, and how much may wait for it.
    std::chrono::milliseconds patience{1000};
    std::size_t max_waiting_late = 64 * 1024 * 1024;
    /// How long after the hurry began `close` goes on waiting for a reader that takes text slowly; it waits
    /// `patience` in any case. nullopt: as long as the reader takes any.
    std::optional<Duration> most_late = std::nullopt;
  };

  explicit StreamWriter(int fd) : StreamWriter(fd, Options()) {}
  StreamWriter(int fd, Options options) : state_(std::make_shared<State>(fd, std::move(options))) {}
  StreamWriter(const StreamWriter&) = delete;
  ~StreamWriter();  ///< closes

  /// Lets `fill(std::string&)` add text to the buffer, while no other thread does. It may block, see above.
  template <class Fill>
  void append_with(Fill&& fill) {
    if (state_->dropping.load(std::memory_order_relaxed)) return;
    std::unique_lock lock(state_->mutex);
    fill(state_->buffer);
    after_append(lock);
  }
  void append(std::string_view text) {
    append_with([text](std::string& buffer) { buffer += text; });
  }

  /// What is buffered goes out now.
  void flush();

  /// From that time on `append` does not block, and `close` gives a reader up that takes nothing: the rest is
  /// lost, which is no error. The earliest time counts.
  void hurry(SteadyTime from);
  /// A hurry that did not begin before that long ago begins as much later: the reader was not given the time.
  void put_off_hurry(Duration by);
  /// Hurries, and waits until all is written, or the reader has taken nothing for so long. True if it is.
  bool drain(Duration patience);

  /// Writes the rest and waits for it. The first error that kept text from being written; later calls return
  /// the same.
  Result<void> close();

  bool reader_gone() const { return state_->reader_gone.load(std::memory_order_relaxed); }
  /// Text was lost because the reader was given up, see `hurry`.
  bool has_given_up() const { return state_->has_given_up.load(std::memory_order_relaxed); }

 private:
  /// What the thread needs, which is left behind when it hangs in a write that never ends.
  struct State {
    State(int output, Options how) : fd(output), options(std::move(how)) {}

    /// With the lock: everything before `buffer` is written.
    bool is_in_turn() const { return blocks.empty() && !is_writing; }
    bool is_written() const { return dropping || (buffer.empty() && is_in_turn()); }
    bool is_late() const { return hurry_from && std::chrono::steady_clock::now() >= *hurry_from; }
    void work();
    bool wait_for_block(std::unique_lock<std::mutex>& lock);
    void write_block(std::unique_lock<std::mutex>& lock);
    void write_without_blocking();
    void hand_over();
    void give_up(int error_number);
    void give_up_reader();
    void drop();

    const int fd;
    const Options options;
    std::atomic<bool> reader_gone = false;
    std::atomic<bool> dropping = false;
    std::atomic<bool> has_given_up = false;

    std::mutex mutex;
    std::condition_variable wanted;    ///< for the thread: there is something to do
    std::condition_variable progress;  ///< for those who wait: text was written or dropped, or it got late
    std::string buffer;                ///< being filled
    std::string spare;                 ///< an emptied block, kept for its storage
    std::deque<std::string> blocks;
    std::size_t waiting_bytes = 0;  ///< in `blocks` and in the block being written
    bool is_writing = false;        ///< the thread writes a block, without the lock
    bool is_asleep = false;         ///< the thread waits without a time limit
    bool is_closing = false;
    bool has_ended = true;  ///< the thread has, or there is none
    SteadyTime last_write;
    std::optional<SteadyTime> hurry_from;
    std::optional<Error> error;
  };

  void after_append(std::unique_lock<std::mutex>& lock);
  void start_thread();
  template <class Condition>
  bool wait_for(std::unique_lock<std::mutex>& lock, Duration patience, Condition is_met);

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace vnode
