#include "registry/registry.h"

#include "base/text.h"

namespace vnode {

NodeTypePtr Registry::add(NodeTypePtr type) {
  NodeTypePtr& place = types_[type->definition.node_id];
  return std::exchange(place, std::move(type));
}

void Registry::add_library(const NodeLibrary& library) {
  for (const NodeTypePtr& type : library.types()) add(type);
}

NodeTypePtr Registry::find(std::string_view node_id) const {
  auto found = types_.find(node_id);
  return found == types_.end() ? nullptr : found->second;
}

std::vector<NodeTypePtr> Registry::types() const {
  std::vector<NodeTypePtr> all;
  all.reserve(types_.size());
  for (const auto& [id, type] : types_) all.push_back(type);
  return all;
}

std::string Registry::suggestion(std::string_view node_id) const {
  std::vector<std::string> ids;
  ids.reserve(types_.size());
  for (const auto& [id, type] : types_) ids.push_back(id);
  return nearest_word(node_id, ids);
}

}  // namespace vnode
