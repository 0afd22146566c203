#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/event_mask.h"
#include "events/sink.h"

namespace vnode {

/// What is around the nodes of a nested level, innermost first: groups, and items of parallel maps. Each
/// level adds one link, so that deep nesting stays cheap.
struct LevelPath {
  static LevelPath of_group(const LevelPath* outer, const Uuid& group, std::uint32_t execution) {
    return {outer, group, std::nullopt, outer ? outer->groups + 1 : 1, outer ? outer->items : 0, execution};
  }
  static LevelPath of_item(const LevelPath* outer, const Uuid& map, std::uint32_t execution) {
    return {outer, map, 0, outer ? outer->groups : 0, outer ? outer->items + 1 : 1, execution};
  }

  const LevelPath* outer = nullptr;
  Uuid group;                             ///< of a group; of an item its map
  std::optional<std::int64_t> iteration;  ///< of an item: its index; it may change between items
  std::size_t groups = 0;                 ///< how many of them, itself included
  std::size_t items = 0;
  std::uint32_t execution = 1;  ///< the how manieth of the group, or of the map
};

/// Numbers and dates the events of one run, takes its secrets out of them (rule 42), and hands them to its
/// sink. The mask must outlive it.
class Emitter {
 public:
  /// The first event has the number after `last_seq`.
  Emitter(EventSink& sink, const Clock& clock, const SecretMask& mask, std::string run_id,
          std::uint64_t last_seq)
      : sink_(sink),
        clock_(clock),
        mask_(mask),
        run_id_(std::move(run_id)),
        seq_(last_seq),
        wants_node_events_(sink.wants_node_events()) {}

  bool wants_node_events() const { return wants_node_events_; }

  void emit(EventBody body) { send(std::nullopt, std::move(body)); }
  /// `node`: without its path, which `path` tells.
  void emit(NodeRef node, const LevelPath* path, EventBody body);
  void flush() { sink_.flush(); }

 private:
  void send(std::optional<NodeRef> node, EventBody body);

  EventSink& sink_;
  const Clock& clock_;
  EventMask mask_;
  std::string run_id_;
  std::uint64_t seq_;
  bool wants_node_events_;
  std::vector<Uuid> path_;  ///< scratch: outermost first, as events want it
  std::vector<std::int64_t> iteration_;
};

}  // namespace vnode
