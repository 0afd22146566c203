#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// Writes the file so that it is complete or unchanged at any time, for every reader, even when several
/// processes write it at once. Readable by this user only. Errors: kIo.
Result<void> replace_file(const std::string& path, std::string_view bytes);

}  // namespace vnode
