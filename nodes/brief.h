#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/value.h"

namespace vnode {

inline constexpr std::size_t kBriefLength = 200;

/// A value as text for a log message: like Python's str(), but cut after about `kBriefLength` characters.
/// Never formats more of a large value than it shows.
std::string brief(const Value& value);

/// The same for a text.
std::string brief_text(std::string_view text);

}  // namespace vnode
