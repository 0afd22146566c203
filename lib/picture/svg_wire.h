#pragma once

#include "picture/picture.h"
#include "picture/svg_text.h"

namespace vnode {

/// Draws one wire, whose ends are both there.
void draw_wire(SvgText& svg, const Sheet& sheet, WireIndex wire);

}  // namespace vnode
