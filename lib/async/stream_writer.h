#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

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
/// error. Any other failure is kept for `close`; text is dropped from then on.
///
/// Thread rule: append, flush and close: one thread; reader_gone: any thread. SIGPIPE must be ignored by the
/// program.
class StreamWriter {
 public:
  struct Options {
    bool owns_fd = false;                       ///< close it at the end
    std::function<void()> on_reader_gone = {};  ///< once, on either thread; must not call back
    std::chrono::milliseconds max_delay{30};    ///< leaves room up to the 50 ms of the event stream
    std::size_t block_size = 256 * 1024;
    std::size_t max_waiting = 4 * 1024 * 1024;
  };

  explicit StreamWriter(int fd) : StreamWriter(fd, Options()) {}
  StreamWriter(int fd, Options options) : fd_(fd), options_(std::move(options)) {}
  StreamWriter(const StreamWriter&) = delete;
  ~StreamWriter();  ///< closes

  /// Lets `fill(std::string&)` add text to the buffer.
  template <class Fill>
  void append_with(Fill&& fill) {
    if (is_closed_to_text()) return;
    std::unique_lock lock(mutex_);
    fill(buffer_);
    after_append(lock);
  }
  void append(std::string_view text) {
    append_with([text](std::string& buffer) { buffer += text; });
  }

  /// What is buffered goes out now.
  void flush();

  /// Writes the rest and waits for it. The first error that kept text from being written; later calls return
  /// the same.
  Result<void> close();

  bool reader_gone() const { return reader_gone_.load(std::memory_order_relaxed); }

 private:
  /// With the lock: everything before buffer_ is written.
  bool is_in_turn() const { return blocks_.empty() && !is_writing_; }
  bool is_closed_to_text() const { return dropping_.load(std::memory_order_relaxed); }
  void after_append(std::unique_lock<std::mutex>& lock);
  void start_thread();
  void hand_over();
  void write_without_blocking();
  void work();
  bool wait_for_block(std::unique_lock<std::mutex>& lock);
  void write_block(std::unique_lock<std::mutex>& lock);
  void give_up(int error_number);

  const int fd_;
  const Options options_;
  std::atomic<bool> reader_gone_ = false;
  std::atomic<bool> dropping_ = false;

  std::mutex mutex_;
  std::condition_variable work_;   ///< for the thread: there is something to do
  std::condition_variable space_;  ///< for append: the backlog has shrunk
  std::string buffer_;             ///< being filled
  std::string spare_;              ///< an emptied block, kept for its storage
  std::deque<std::string> blocks_;
  std::size_t waiting_bytes_ = 0;  ///< in blocks_ and in the block being written
  bool is_writing_ = false;        ///< the thread writes a block, without the lock
  bool is_asleep_ = false;         ///< the thread waits without a time limit
  bool is_closing_ = false;
  std::optional<Error> error_;
  std::thread thread_;
};

}  // namespace vnode
