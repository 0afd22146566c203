#pragma once

#include "picture/picture.h"
#include "picture/svg_text.h"

namespace vnode {

/// How far a wire goes beyond the ends of its pieces where it turns back.
inline constexpr double kMostBend = 44;

/// Draws one wire, whose ends are both there.
void draw_wire(SvgText& svg, const Sheet& sheet, WireIndex wire);

}  // namespace vnode
