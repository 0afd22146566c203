#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vnode {

/// Frame numbers of a text such as `1-100`, `1-100x10`, `1-10:2,15,20-18`, `-5--3`: sorted, each once. A step
/// counts from the first number that is written. Errors: kInvalidValue, with the place in the text, also for
/// more than ten million.
Result<std::vector<std::int64_t>> parse_frames(std::string_view text);

/// The shortest such text, near enough, of sorted frames: `1-10,15,20-40x5`.
std::string frames_text(std::span<const std::int64_t> frames);

}  // namespace vnode
