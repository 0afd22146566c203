#pragma once

#include "property/property_nodes.h"

namespace vnode::test {

// The two loops whose body is driven by pushes, as the node library describes them (rules 26 and 27).
ModelTable model_for_each(ModelNode& n);
ModelTable model_while_loop(ModelNode& n);

}  // namespace vnode::test
