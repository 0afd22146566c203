#pragma once

#include "picture/picture.h"
#include "picture/svg_text.h"

namespace vnode {

/// Draws one node with its ports, fields and outcome.
void draw_node(SvgText& svg, const Picture& picture, const Sheet& sheet, NodeIndex index);

}  // namespace vnode
