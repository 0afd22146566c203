#include "store/event_mending.h"

#include "store/event_line.h"

namespace vnode {
namespace {

constexpr std::string_view kLastEvent = "execution_finished";

}  // namespace

void EventMending::take_line(std::string_view line, const Tell& tell) {
  find_events(line, [&](std::string_view event, const EventHead& head) {
    has_begun_ = true;
    if (head.seq <= since_) has_end_ = head.type == kLastEvent;
    order_.take(event, head, 0, [&](std::string_view next, const EventHead& its, std::uint64_t) {
      tell_event(next, its, tell);
    });
  });
}

void EventMending::settle(const Tell& tell) {
  order_.settle(
      [&](std::string_view event, const EventHead& head, std::uint64_t) { tell_event(event, head, tell); });
}

void EventMending::tell_event(std::string_view event, const EventHead& head, const Tell& tell) {
  has_end_ = head.type == kLastEvent;
  if (head.from > told_ + 1) tell_gap(head.from - 1, tell);
  told_ = head.seq;
  tell(event);
}

void EventMending::miss_end(const Tell& tell) { tell_gap(told_ + 1, tell); }

void EventMending::tell_gap(std::uint64_t to, const Tell& tell) {
  std::string line = stream_gap_line(run_id_, told_ + 1, to, std::chrono::system_clock::now());
  line.pop_back();
  told_ = to;
  tell(line);
}

}  // namespace vnode
