#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "report/report_event.h"

namespace vnode {

/// What became of a stream, once all of it has been read.
struct StreamSummary {
  std::uint64_t events = 0;
  std::uint64_t bad_lines = 0;  ///< that are no events
  std::uint64_t first_bad = 0;  ///< the number of the first of them, from 1
  std::uint64_t gaps = 0;       ///< places where events are missing
  std::uint64_t starts = 0;     ///< attempts, or runs, that it holds
  bool ends_in_a_line = false;  ///< it was cut off in the middle of a line
  bool has_ended = false;       ///< its last event is the end of a run
  std::string newer_schema;     ///< of a version that this program does not know; else empty

  /// What a reader of the report should know of it, for people.
  std::vector<std::string> warnings() const;
};

/// Cuts bytes into events, however they arrive; keeps none. What is no event is counted and passed over, so a
/// file that was damaged, or is still being written, gives what is in it. Thread rule: one thread.
class EventStream {
 public:
  using OnEvent = std::function<void(const ReportEvent&)>;

  /// `wants_outputs`: node_output events are told too; else they are passed over unread, which is most of a
  /// stream's bytes.
  EventStream(OnEvent on_event, bool wants_outputs)
      : on_event_(std::move(on_event)), wants_outputs_(wants_outputs) {}

  void feed(std::string_view bytes);
  /// No more comes.
  const StreamSummary& finish();

  /// A longer line is not kept, and counts as no event.
  static constexpr std::size_t kLongestLine = 64UL * 1024 * 1024;

 private:
  void take_line(std::string_view line);
  void take_event(const ReportEvent& event);
  void keep(std::string_view part);

  OnEvent on_event_;
  const bool wants_outputs_;
  std::string begun_;
  bool is_too_long_ = false;
  std::uint64_t lines_ = 0;
  StreamSummary summary_;
};

}  // namespace vnode
