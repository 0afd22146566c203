#pragma once

#include "layout/node_shape.h"
#include "registry/registry.h"

namespace vnode {

/// How nodes are drawn, from the types that the program knows: the name that the file gives a node, or else
/// its type's; the ports that its saved parameters ask for. Refers to `registry`.
LookOf look_from(const Registry& registry);

}  // namespace vnode
