#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// A place in a JSON value: `users[0].name`, `users[*].name`, `a."b.c"`, `a["b.c"]`. Keys are separated by
/// dots; a negative index counts from the end; `[*]` stands for all items of a list, or all values of an
/// object. A `$` in front is left out. The empty path is the value itself.
class JsonPath {
 public:
  /// kUsage, with the position, for text that is no path.
  static Result<JsonPath> parse(std::string_view text);

  /// What is at that place; nullopt when there is nothing. With `[*]` a list of what is there for each item,
  /// without those where there is nothing (several `[*]`: one flat list).
  std::optional<Value> find(const Value& value) const;

 private:
  struct All {};
  using Step = std::variant<std::string, std::int64_t, All>;

  std::vector<Step> steps_;
};

}  // namespace vnode
