#pragma once

#include "apps/vnode/diagnostics.h"
#include "events/sink.h"

namespace vnode {

/// The quiet view: a run's errors on standard error, nothing else.
class ErrorPrinter final : public EventSink {
 public:
  explicit ErrorPrinter(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return false; }

 private:
  Diagnostics& diagnostics_;
  bool has_told_ = false;
};

}  // namespace vnode
