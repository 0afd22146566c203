#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/uuid.h"
#include "engine/emitter.h"
#include "engine/recorder.h"
#include "model/value.h"

namespace vnode {

/// The place that a record tells of, as long as this lives.
class ReadPlace {
 public:
  /// nullopt: it tells of none.
  static std::optional<ReadPlace> of(const Dict& record);
  ReadPlace(ReadPlace&&) = default;
  RecordedPlace get() const { return {levels_.empty() ? nullptr : &levels_.back(), &node_, execution_}; }
  /// The node, or the group or map around it, in the workflow itself.
  const Uuid& outermost() const { return levels_.empty() ? node_ : levels_.front().group; }

 private:
  ReadPlace() = default;
  std::deque<LevelPath> levels_;  ///< outermost first
  Uuid node_;
  std::uint32_t execution_ = 0;
};

}  // namespace vnode
