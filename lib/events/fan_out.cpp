#include "events/fan_out.h"

#include <algorithm>

namespace vnode {

void FanOut::on_event(const Event& event) {
  for (EventSink* sink : sinks_) sink->on_event(event);
}

bool FanOut::wants_node_events() const {
  return std::any_of(sinks_.begin(), sinks_.end(),
                     [](const EventSink* sink) { return sink->wants_node_events(); });
}

void FanOut::flush() {
  for (EventSink* sink : sinks_) sink->flush();
}

Result<void> FanOut::close() {
  Result<void> first;
  for (EventSink* sink : sinks_) {
    Result<void> closed = sink->close();
    if (first && !closed) first = std::move(closed);
  }
  return first;
}

}  // namespace vnode
