#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "model/json_reader.h"
#include "model/value.h"

namespace vnode {

/// Hands out one shared text per distinct short word, so that keys that repeat in every node of a file exist
/// once. A fixed number of words is remembered; a newcomer takes the place of an older one.
class WordCache {
 public:
  Value share(std::string_view word);

 private:
  static constexpr std::size_t kSlots = 512;
  static constexpr std::size_t kLongest = 48;

  std::array<Value, kSlots> words_;
};

/// Builds one Value from the events of a JSON document, or of a part of one: after `take` it is ready for the
/// next. Of duplicate keys the last value wins, at the place of the first.
class ValueBuilder final : public JsonHandler {
 public:
  bool on_scalar(Value value) override;
  bool on_object_start() override;
  bool on_key(std::string_view key) override;
  bool on_object_end() override;
  bool on_array_start() override;
  bool on_array_end() override;
  Error take_error() override { return {}; }

  /// True when a value is there and all its containers are closed.
  bool is_complete() const { return starts_.empty() && !items_.empty(); }

  /// The complete value. Requires is_complete().
  Value take();

 private:
  void replace_items(std::size_t start, Value container);

  std::vector<Value>
      items_;  ///< of all open containers, the outermost first; keys and values of dicts alternate
  std::vector<std::size_t> starts_;  ///< where in `items_` the items of each open container start
  WordCache keys_;
};

}  // namespace vnode
