#include "store/event_order.h"

#include <algorithm>
#include <utility>

namespace vnode {
namespace {

/// So many in order are believed, however much would be missing before them.
constexpr std::size_t kMostKept = 1000;
constexpr std::size_t kMostKeptBytes = std::size_t{1} << 20;

}  // namespace

void EventOrder::take(std::string_view event, const EventHead& head, std::uint64_t end,
                      const Accept& accept) {
  // Of another time or place. (A gap may begin before what is wanted.)
  if (head.seq <= last_ || (head.from <= last_ && last_ > since_)) return;
  while (!kept_.empty() && kept_.back().head.seq >= head.from) {
    kept_bytes_ -= kept_.back().event.size();
    kept_.pop_back();
  }
  if (head.from <= last_ + 1) {
    last_ = head.seq;
    return accept(event, head, end);
  }
  keep(event, head, end);
  if (is_confirmed()) settle(accept);
}

void EventOrder::settle(const Accept& accept) {
  for (const Kept& kept : std::exchange(kept_, {})) {
    last_ = kept.head.seq;
    accept(kept.event, kept.head, kept.end);
  }
  kept_bytes_ = 0;
}

void EventOrder::keep(std::string_view event, const EventHead& head, std::uint64_t end) {
  kept_.push_back({std::string(event), head, end});
  kept_bytes_ += event.size();
}

/// As many have followed the first one as would be missing before it.
bool EventOrder::is_confirmed() const {
  const std::uint64_t missing = kept_.front().head.from - last_ - 1;
  return kept_.size() > std::min<std::uint64_t>(missing, kMostKept) || kept_bytes_ > kMostKeptBytes;
}

}  // namespace vnode
