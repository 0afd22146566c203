#include "registry/definition_reserve.h"

#include <filesystem>
#include <utility>

#include "registry/definition_files.h"

namespace vnode {

DefinitionReserve::DefinitionReserve(std::string folder, DefinitionUse use)
    : folder_(std::move(folder)), use_(std::move(use)) {
  const std::string prefix = folder_.ends_with('/') ? folder_ : folder_ + "/";
  for (const std::string& file : find_definition_files(folder_).relative_paths) {
    paths_[std::filesystem::path(file).stem().string()] = prefix + file;
  }
}

NodeTypePtr DefinitionReserve::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  read(id);
  return read_.find(id);
}

const LoadNote* DefinitionReserve::broken_definition(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  read_all();
  return read_.broken_definition(id);
}

std::vector<std::string> DefinitionReserve::files() const {
  std::vector<std::string> files;
  for (const auto& [name, path] : paths_) files.push_back(path);
  return files;
}

const Registry& DefinitionReserve::all() const {
  const std::lock_guard lock(mutex_);
  read_all();
  return read_;
}

/// With the lock.
void DefinitionReserve::read(std::string_view id) const {
  if (is_complete_ || read_.find(id)) return;
  const auto path = paths_.find(id);
  if (path != paths_.end()) load_definition(read_, path->second, use_);
  if (!read_.find(id)) read_all();
}

/// With the lock. What was read before is the same type still: whoever has it may compare.
void DefinitionReserve::read_all() const {
  if (std::exchange(is_complete_, true)) return;
  Registry all;
  load_definitions(all, folder_, use_);
  for (const NodeTypePtr& type : read_.types()) all.add(type);
  read_ = std::move(all);
}

}  // namespace vnode
