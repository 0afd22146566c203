#pragma once

#include "node/node_context.h"

namespace vnode {

/// The items to loop over; an empty list, after an error log, for what has none.
Value loop_items(NodeContext& node, const Value& collection);

}  // namespace vnode
