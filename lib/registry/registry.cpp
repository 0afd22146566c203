#include "registry/registry.h"

#include "base/spelling.h"
#include "registry/definition_reserve.h"

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
  if (found != types_.end()) return found->second;
  return reserve_ ? reserve_->find(node_id) : nullptr;
}

std::vector<NodeTypePtr> Registry::types() const {
  std::map<std::string_view, NodeTypePtr> by_id(types_.begin(), types_.end());
  if (reserve_) {
    for (NodeTypePtr& type : reserve_->all().types())
      by_id.emplace(type->definition.node_id, std::move(type));
  }
  std::vector<NodeTypePtr> all;
  all.reserve(by_id.size());
  for (auto& [id, type] : by_id) all.push_back(std::move(type));
  return all;
}

std::vector<std::string> Registry::files() const {
  std::vector<std::string> files = reserve_ ? reserve_->files() : std::vector<std::string>();
  for (const auto& [id, type] : types_) files.push_back(type->origin);
  for (const LoadNote& note : notes_) files.push_back(note.file);
  return files;
}

std::string Registry::suggestion(std::string_view node_id) const {
  std::vector<std::string> ids;
  for (const NodeTypePtr& type : types()) ids.push_back(type->definition.node_id);
  return nearest_word(node_id, ids);
}

void Registry::add_note(LoadNote note) {
  if (note.kind == LoadNote::Kind::kBroken && !note.node_id.empty()) broken_[note.node_id] = notes_.size();
  notes_.push_back(std::move(note));
}

void Registry::set_broken_definition(const std::string& node_id, std::string_view file) {
  for (std::size_t i = 0; i < notes_.size(); ++i) {
    if (notes_[i].kind == LoadNote::Kind::kBroken && notes_[i].file == file) broken_[node_id] = i;
  }
}

const LoadNote* Registry::broken_definition(std::string_view node_id) const {
  const auto found = broken_.find(node_id);
  if (found != broken_.end()) return &notes_[found->second];
  return reserve_ && !types_.contains(node_id) ? reserve_->broken_definition(node_id) : nullptr;
}

std::vector<const LoadNote*> remarks(const Registry& registry) {
  std::map<std::string_view, const LoadNote*> last;
  for (const LoadNote& note : registry.notes()) {
    if (note.kind != LoadNote::Kind::kReplaced) last[note.file] = &note;
  }
  std::vector<const LoadNote*> found;
  for (const LoadNote& note : registry.notes()) {
    const auto its = last.find(note.file);
    if (its != last.end() && its->second == &note) found.push_back(&note);
  }
  return found;
}

std::string set_aside_text(const Registry& registry, const NodeType& type) {
  const LoadNote* note = registry.broken_definition(type.definition.node_id);
  if (!note) return {};
  std::string used = "that of " + type.origin + " is used in its place";
  if (type.origin == "native") used = "the native node is used in its place";
  if (type.origin == note->file) used = "its last good version is used";
  return "its definition (" + note->file + ") does not load: " + note->message + "; " + used;
}

}  // namespace vnode
