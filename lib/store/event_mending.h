#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "store/event_order.h"

namespace vnode {

/// Makes of the lines of an event file, whatever has become of it, what a client may be told: events that are
/// JSON, each once and in order, and a `stream_gap` in place of those that are missing; which ones count is
/// told in event_order.h. Thread rule: one thread.
class EventMending {
 public:
  using Tell = std::function<void(std::string_view line)>;  ///< without a newline

  /// Events up to `since` are not told, and not missed.
  EventMending(std::string run_id, std::uint64_t since)
      : run_id_(std::move(run_id)), since_(since), order_(since), told_(since) {}

  void take_line(std::string_view line, const Tell& tell);
  /// Nothing more is there for now: what was kept until the next events would say more is told.
  void settle(const Tell& tell);
  /// Nothing more comes, and the run's last event was not there: it is missing, and perhaps others before it
  /// whose number nobody knows.
  void miss_end(const Tell& tell);

  /// `execution_finished` was the last that was told, or is not wanted.
  bool has_end() const { return has_end_; }
  /// Events have come, whether told or not.
  bool has_begun() const { return has_begun_; }

 private:
  void tell_event(std::string_view event, const EventHead& head, const Tell& tell);
  void tell_gap(std::uint64_t to, const Tell& tell);

  const std::string run_id_;
  const std::uint64_t since_;
  EventOrder order_;
  std::uint64_t told_;  ///< seq of the last event that was told, or is not wanted
  bool has_begun_ = false;
  bool has_end_ = false;
};

}  // namespace vnode
