#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// Reads a number of bytes as options and files give it: `512M`, `2G`, `1.5GiB`, `1000000`. K, M, G and T,
/// with or without `iB`, are powers of 1024; KB, MB, GB and TB powers of 1000; upper and lower case are the
/// same. Errors: kInvalidValue.
Result<std::uint64_t> parse_size(std::string_view text);

/// The shortest form that `parse_size` reads back as the same number: `512M`, `1536M`, `1000`.
std::string size_text(std::uint64_t bytes);

}  // namespace vnode
