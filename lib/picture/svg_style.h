#pragma once

#include <string_view>

#include "picture/node_outcome.h"

namespace vnode {

/// The style sheet of pictures, for light and dark.
std::string_view svg_style();

/// The CSS classes of a wire and its ports, of a title bar, of how a node has ended.
std::string_view wire_class(std::string_view port_type);
std::string_view category_class(std::string_view category);
std::string_view outcome_class(OutcomeState state);

}  // namespace vnode
