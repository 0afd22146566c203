#pragma once

#include <cstdint>
#include <string_view>

#include "model/value.h"

namespace vnode {

// What stands in a member of a record; nothing where it is of another kind.

inline std::string_view field_text(const Value& value) {
  return value.is_text() ? value.as_text() : std::string_view();
}

inline std::uint64_t field_number(const Value& value) {
  return value.is_int() && value.as_int() > 0 ? static_cast<std::uint64_t>(value.as_int()) : 0;
}

}  // namespace vnode
