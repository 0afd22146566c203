#pragma once

#include <string>
#include <vector>

#include "python/definition_check.h"
#include "registry/registry.h"

namespace vnode {

/// Node types as `vnode nodes` shows them, for people and for programs.
std::string node_list_text(const std::vector<NodeTypePtr>& types);
Value node_list_value(const std::vector<NodeTypePtr>& types, const std::vector<LoadNote>& notes);

/// What loading definitions had to say: {kind, file, node_id, message} each.
Value load_notes_value(const std::vector<LoadNote>& notes);

/// `check`: what loading a definition led to, or null. Its ports are then shown as instances have them.
std::string node_type_text(const NodeType& type, const DefinitionCheck* check = nullptr);
Value node_type_value(const NodeType& type, const DefinitionCheck* check = nullptr);

}  // namespace vnode
