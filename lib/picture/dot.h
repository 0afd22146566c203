#pragma once

#include "picture/picture.h"

namespace vnode {

/// A picture as a graph of Graphviz: nodes as tables with a cell a port, groups and backdrops as clusters.
/// With `pos` where the file has positions, for `neato -n`; `dot` lays it out anew.
Drawing draw_dot(const Picture& picture);

}  // namespace vnode
