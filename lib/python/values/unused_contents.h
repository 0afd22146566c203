#pragma once

#include <cstdint>
#include <vector>

#include "python/values/known_contents.h"

namespace vnode {

/// The numbers of contents that can be forgotten: nobody but the table holds anything that has its place in
/// them, nor anything through which that could be reached. Versions of contents that nobody else holds are
/// let go on the way, places included.
std::vector<std::int64_t> find_unused(KnownContentMap& contents, ContentPlaceMap& places);

}  // namespace vnode
