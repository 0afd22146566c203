#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "events/event_json.h"
#include "events/run_tally.h"
#include "events/sink.h"
#include "store/event_file.h"

namespace vnode {

class DelayedFlush;

struct EventLimits {
  std::size_t value_bytes = 64 * 1024;              ///< of a value in an event; it is shortened beyond
  std::uint64_t file_bytes = kUnlimitedEventBytes;  ///< of the run's file; event_file.h
};

/// Where an event file is to be gone on with. One that cannot be read is left as it is: new events come
/// behind it. Makes its folder.
EventFileEnd find_event_file_end(const std::string& path);

/// The events of one run on their way into its file, and from there to those who follow it: nobody is told an
/// event that is not in the file.
///
/// The last event, `execution_finished`, is handed over, not written: whether it is the run's last is decided
/// elsewhere (run_life.h), and then `append_end` or `drop_end` is called. Once appended it is not shown until
/// `release`: what it says has to be in the store first (rule 12: one terminal state, whatever happens in
/// between). Thread rule: the sink's functions on the thread that steps the run; the others on any.
class RunEventLog final : public EventSink {
 public:
  /// `on_grown` is called, on any thread, when `visible` may have grown; once until `visible` is asked again.
  RunEventLog(std::string path, const std::string& run_id, EventFileEnd end, EventLimits limits,
              std::function<void()> on_grown);
  ~RunEventLog() override;

  void on_event(const Event& event) override;
  void flush() override;

  /// `execution_finished` was handed over, and is in neither file nor oblivion yet.
  bool has_end() const;
  /// The event that was handed over is the run's last: it goes into the file, which is closed. Repeating it
  /// does nothing. Does not wait for the disk: a file that is new costs a commit of the file system's
  /// journal, milliseconds, and what has to survive a loss of power, the run's end, is in the store. (A
  /// daemon that is killed loses nothing of what was written.)
  void append_end();
  /// It is not: another attempt goes on with the file.
  void drop_end();

  /// An attempt before this one has told events up to `seq`: those that the file has no more are a gap, and
  /// new ones come behind them.
  void go_on_behind(std::uint64_t seq);

  /// Everything from here on is shown at `release` only, and written in one piece: for an end that stands
  /// alone.
  void hold_all();

  /// Bytes that readers may see.
  std::uint64_t visible();
  /// Shows the last line too. What could not be written is tried again, for the last time.
  void release();
  std::uint64_t size() const;
  std::uint64_t last_seq() const;
  /// How many events of this attempt were not kept because the file has reached its limit.
  std::uint64_t beyond_limit() const;
  /// Why events are being lost, if they are.
  std::optional<Error> error() const;
  /// How far the attempt is.
  RunTally::Counts tally() const;

  const std::string& path() const { return path_; }
  /// Where a delayed flush is asked for; null: every `flush` of the run has to do.
  void set_flusher(DelayedFlush* flusher, std::weak_ptr<RunEventLog> self);

 private:
  void tell_growth();

  const std::string path_;
  const std::string run_id_;
  const std::function<void()> on_grown_;
  DelayedFlush* flusher_ = nullptr;
  std::weak_ptr<RunEventLog> self_;

  mutable std::mutex mutex_;
  EventFormatter formatter_;
  RunTally tally_;
  EventFileWriter file_;
  std::string line_;
  struct End {
    std::string line;
    std::uint64_t seq = 0;
  };
  std::optional<End> end_;   ///< was handed over
  bool is_waiting_ = false;  ///< a delayed flush has been asked for
  bool is_growth_told_ = false;
  bool is_released_ = false;
  bool is_closed_ = false;                  ///< the file may belong to the next attempt by now
  std::uint64_t told_size_ = 0;             ///< up to where growth was told
  std::optional<std::uint64_t> held_back_;  ///< where the last line begins
};

}  // namespace vnode
