#pragma once

#include <vector>

#include "events/sink.h"

namespace vnode {

/// Gives the events of one run to several sinks, in the order they were added. Does not own them.
class FanOut final : public EventSink {
 public:
  void add(EventSink& sink) { sinks_.push_back(&sink); }

  void on_event(const Event& event) override;
  bool wants_node_events() const override;
  void flush() override;
  /// Closes all of them; the first error is returned.
  Result<void> close() override;

 private:
  std::vector<EventSink*> sinks_;
};

}  // namespace vnode
