#pragma once

#include <string>
#include <vector>

#include "registry/registry.h"

namespace vnode {

/// Node types as `vnode nodes` shows them, for people and for programs.
std::string node_list_text(const std::vector<NodeTypePtr>& types);
Value node_list_value(const std::vector<NodeTypePtr>& types, const std::vector<LoadNote>& notes);

std::string node_type_text(const NodeType& type);
Value node_type_value(const NodeType& type);

}  // namespace vnode
