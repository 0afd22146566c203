#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/value.h"

namespace vnode {

/// A list, tuple or dict inside of a numbered content.
struct Part {
  const Value* value =
      nullptr;  ///< where it stands in what holds it; null for what is no Value here, and for part 0
  std::uint32_t end = 0;  ///< the number behind the last part inside of it
};

/// All parts of a content by their numbers (protocol.md, "Values"); part 0 is the content itself. Valid as
/// long as somebody holds the content.
struct ContentParts {
  std::vector<Part> parts;
  std::size_t bytes = 0;  ///< what the content takes, roughly

  /// Counts `value` as the next part, or something that is no Value here.
  std::uint32_t open(const Value* value);
  void close(std::uint32_t part) { parts[part].end = static_cast<std::uint32_t>(parts.size()); }
  void skip(std::uint32_t count);
};

/// The parts of a content that has been read. `gaps`: the numbers, ascending, that belong to what is no Value
/// here.
ContentParts find_parts(const Value& content, std::span<const std::uint32_t> gaps);

}  // namespace vnode
