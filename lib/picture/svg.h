#pragma once

#include "picture/picture.h"

namespace vnode {

/// A picture as SVG: one file without scripts and without anything from elsewhere, for light and dark
/// surroundings (prefers-color-scheme). Nothing of the workflow or the run can become markup.
Drawing draw_svg(const Picture& picture);

}  // namespace vnode
