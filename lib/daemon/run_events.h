#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "events/event_json.h"
#include "events/sink.h"
#include "store/event_file.h"

namespace vnode {

class DelayedFlush;

/// Where an event file is to be gone on with. One that cannot be read is left as it is: new events come
/// behind it. Makes its folder.
EventFileEnd find_event_file_end(const std::string& path);

/// The events of one run on their way into its file, and from there to those who follow it: nobody is told an
/// event that is not in the file.
///
/// The last line, `execution_finished`, is written but not shown until `release`: what it says has to be in
/// the store first (rule 12: one terminal state, whatever happens in between).
/// Thread rule: the sink's functions on the thread that steps the run; the others on any.
class RunEvents final : public EventSink {
 public:
  /// `on_grown` is called, on any thread, when `visible` may have grown; once until `visible` is asked again.
  RunEvents(std::string path, const std::string& run_id, EventFileEnd end, std::size_t max_value_bytes,
            std::function<void()> on_grown);
  ~RunEvents() override;

  void on_event(const Event& event) override;
  void flush() override;
  /// Does not wait for the disk: a file that is new costs a commit of the file system's journal,
  /// milliseconds, and what has to survive a loss of power, the run's end, is in the store. (A daemon that is
  /// killed loses nothing of what was written.)
  Result<void> close() override;

  /// The end of an attempt that another one follows is not the end of the run: that line is left out.
  void keep_open(std::function<bool(const ExecutionFinished&)> is_followed) {
    is_followed_ = std::move(is_followed);
  }

  /// Everything from here on is shown at `release` only, and written in one piece: for an end that stands
  /// alone.
  void hold_all();

  /// Bytes that readers may see.
  std::uint64_t visible();
  /// Shows the last line too. What could not be written is tried again, for the last time.
  void release();
  std::uint64_t size() const;
  std::uint64_t last_seq() const;
  /// Why events are being lost, if they are.
  std::optional<Error> error() const;

  const std::string& path() const { return path_; }
  /// Where a delayed flush is asked for; null: every `flush` of the run has to do.
  void set_flusher(DelayedFlush* flusher, std::weak_ptr<RunEvents> self);

 private:
  void tell_growth();

  const std::string path_;
  const std::function<void()> on_grown_;
  std::function<bool(const ExecutionFinished&)> is_followed_;
  DelayedFlush* flusher_ = nullptr;
  std::weak_ptr<RunEvents> self_;

  mutable std::mutex mutex_;
  EventFormatter formatter_;
  EventFileWriter file_;
  std::string line_;
  bool is_waiting_ = false;  ///< a delayed flush has been asked for
  bool is_growth_told_ = false;
  bool is_released_ = false;
  bool is_closed_ = false;                  ///< the file may belong to the next attempt by now
  std::uint64_t told_size_ = 0;             ///< up to where growth was told
  std::optional<std::uint64_t> held_back_;  ///< where the last line begins
};

/// Flushes events that were not flushed by themselves, 30 ms later: a node that works for minutes must not
/// keep what was said before it (events.md). One thread, which starts with the first request.
class DelayedFlush {
 public:
  DelayedFlush();
  DelayedFlush(const DelayedFlush&) = delete;
  ~DelayedFlush();

  void ask(std::weak_ptr<RunEvents> events);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnode
