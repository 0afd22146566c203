#pragma once

#include "picture/picture.h"

namespace vnode {

/// A picture as lines for a terminal of that width: each node below the one that starts it (in data-flow
/// mode, that feeds it), branches indented. `has_colour`: with escape sequences for outcomes.
Drawing draw_text(const Picture& picture, std::size_t columns, bool has_colour);

}  // namespace vnode
