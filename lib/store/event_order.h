#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/event_line.h"

namespace vnode {

/// Which events of a file count, in the order in which they stand there: those whose numbers go up. In a
/// whole file that is all of them. Where a number goes up by more than one either events are missing, or that
/// number was altered; what follows tells: the events are kept until as many have followed in order as would
/// be missing, or a smaller number shows that theirs was wrong. One whose number is not its own counts as
/// missing. Thread rule: one thread.
class EventOrder {
 public:
  /// `end`: as it was given with the event.
  using Accept = std::function<void(std::string_view event, const EventHead& head, std::uint64_t end)>;

  /// Events up to `since` are not wanted.
  explicit EventOrder(std::uint64_t since = 0) : since_(since), last_(since) {}

  /// Calls `accept` for each event that counts by now, this one and earlier ones.
  void take(std::string_view event, const EventHead& head, std::uint64_t end, const Accept& accept);
  /// Nothing follows for now: those that are kept count.
  void settle(const Accept& accept);

  /// The last number that counts.
  std::uint64_t last_seq() const { return last_; }

 private:
  struct Kept {
    std::string event;
    EventHead head;
    std::uint64_t end;
  };
  void keep(std::string_view event, const EventHead& head, std::uint64_t end);
  bool is_confirmed() const;

  const std::uint64_t since_;
  std::uint64_t last_;
  std::vector<Kept> kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace vnode
