#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/run_book.h"
#include "store/event_file.h"
#include "store/event_mending.h"

namespace vnode {

/// One client's place in the events of one run. Everything comes from the run's file, the old events and the
/// new ones alike, so that a slow reader costs no memory and misses nothing. Whatever has become of that
/// file, what is told are events in order; a `stream_gap` stands for what is missing. Owner's thread.
class EventSubscription {
 public:
  EventSubscription(std::uint64_t number, std::string run_id, std::string path, std::uint64_t since,
                    bool is_following);

  const std::string& run_id() const { return run_id_; }

  /// The run has ended, and this is how. Known from the start for one that had ended before.
  void set_ended(RunStatus status) { ended_ = status; }

  /// Appends notifications, at most about `most` bytes. False when there is nothing more for now; `is_over`
  /// once the last one was appended.
  bool pump(const LiveRun* live, std::size_t most, std::string& out);
  bool is_over() const { return is_over_; }

 private:
  std::uint64_t visible(const LiveRun* live) const;
  bool open(std::uint64_t visible);
  void append_event(std::string& out, std::string_view event) const;
  void append_end(std::string& out);

  const std::uint64_t number_;
  const std::string run_id_;
  const std::string path_;
  const std::uint64_t since_;
  const bool is_following_;
  std::string prefix_;  ///< of each notification
  std::optional<EventFileReader> reader_;
  std::optional<RunStatus> ended_;
  std::string lines_;  ///< scratch
  EventMending mending_;
  bool is_over_ = false;
};

}  // namespace vnode
