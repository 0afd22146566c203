#include "registry/reload.h"

#include <map>

namespace vnode {

Registry reload_registry(const Registry& last, const NodeLibrary& natives,
                         const std::vector<std::string>& folders, const DefinitionUse& use) {
  Registry fresh;
  fresh.add_library(natives);
  for (const std::string& folder : folders) {
    if (!folder.empty()) load_definitions(fresh, folder, use);
  }
  std::map<std::string, std::string> broken;  // file -> why
  for (const LoadNote& note : fresh.notes()) {
    if (note.kind == LoadNote::Kind::kBroken) broken[note.file] = note.message;
  }
  for (const NodeTypePtr& type : last.types()) {
    const auto found = broken.find(type->origin);
    if (found == broken.end()) continue;
    const std::string& id = type->definition.node_id;
    // Another file that defines the id by now is newer than a version that exists in memory only.
    const NodeTypePtr current = fresh.find(id);
    if (current && current->origin != "native") continue;
    fresh.add(type);
    fresh.set_broken_definition(id, type->origin);
    fresh.add_note(
        {LoadNote::Kind::kWarning, type->origin, id, "its last good version is kept: " + found->second});
  }
  return fresh;
}

}  // namespace vnode
