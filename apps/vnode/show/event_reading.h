#pragma once

#include <optional>
#include <vector>

#include "events/event.h"
#include "model/value.h"

namespace vnode {

/// An event of the stream, read back, so that what shows runs can show those of a daemon too. Outputs are not
/// read: nothing shows them.
class ReadEvent {
 public:
  explicit ReadEvent(Value object);
  ReadEvent(const ReadEvent&) = delete;

  /// nullopt for what is no event, or of a type that is not known here. Its views live as long as this.
  const std::optional<Event>& event() const { return event_; }

 private:
  std::optional<EventBody> read_body() const;
  std::optional<NodeRef> read_node();
  ExecutionFinished read_finish() const;

  const Value object_;
  std::vector<Uuid> path_;
  std::vector<std::int64_t> iteration_;
  std::optional<Event> event_;
};

}  // namespace vnode
