#pragma once

#include <cstddef>
#include <string_view>

#include "model/value.h"

namespace vnode {

struct JsonNumber {
  Value value;
  std::size_t size = 0;  ///< how many characters it takes; 0 when the text does not start with a number
};

/// The number at the start of `text`, in the dialect of `model/json_reader.h`: integers of any size (big ones
/// keep their digits), floats (overflow gives an infinity), NaN, Infinity, -Infinity. What follows is the
/// caller's concern.
JsonNumber scan_json_number(std::string_view text);

}  // namespace vnode
