#pragma once

#include "base/error.h"
#include "events/event.h"

namespace vnode {

/// Takes the events of one run, in order. One of the seams: tests record.
///
/// Thread rule: called on the thread that steps the run. A sink may block (a full pipe holds the run up); it
/// must not throw, and a sink that fails must not stop the run: it keeps its error for `close`.
class EventSink {
 public:
  virtual ~EventSink() = default;

  virtual void on_event(const Event& event) = 0;

  /// False when nobody reads node_output, node_started and node_finished: the engine then does not make them.
  /// Logs, errors and the first and last event are always made.
  virtual bool wants_node_events() const { return true; }

  /// The engine is about to wait: what is buffered goes out now.
  virtual void flush() {}

  /// No more events; everything is written. Returns the first error that kept something from being written.
  virtual Result<void> close() { return {}; }
};

}  // namespace vnode
