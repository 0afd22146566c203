#include "daemon/node_catalog.h"

#include <sys/stat.h>

#include "registry/definition_files.h"

namespace vnode {

NodeCatalog::NodeCatalog(const Clock& clock, Load load, std::vector<std::string> folders)
    : clock_(clock), load_(std::move(load)), folders_(std::move(folders)) {}

std::string NodeCatalog::look() const {
  std::string seen;
  for (const std::string& folder : folders_) {
    for (const std::string& file : find_definition_files(folder).relative_paths) {
      struct stat status = {};
      seen.append(folder).append("/").append(file);
      if (::stat((folder + "/" + file).c_str(), &status) == 0) {
        for (const auto number :
             {static_cast<long long>(status.st_mtim.tv_sec), static_cast<long long>(status.st_mtim.tv_nsec),
              static_cast<long long>(status.st_size), static_cast<long long>(status.st_ino)}) {
          seen.append(" ").append(std::to_string(number));
        }
      }
      seen += '\n';
    }
  }
  return seen;
}

std::shared_ptr<const Registry> NodeCatalog::load() {
  registry_ = std::make_shared<const Registry>(load_(registry_.get()));
  return registry_;
}

std::shared_ptr<const Registry> NodeCatalog::current() {
  const std::lock_guard lock(mutex_);
  const SteadyTime begin = clock_.steady_now();
  if (registry_ && begin < next_look_) return registry_;
  std::string seen = look();
  const Duration cost = clock_.steady_now() - begin;
  next_look_ = clock_.steady_now() + 20 * cost;
  if (registry_ && seen == seen_) return registry_;
  seen_ = std::move(seen);
  return load();
}

std::shared_ptr<const Registry> NodeCatalog::look_again() {
  {
    const std::lock_guard lock(mutex_);
    next_look_ = SteadyTime{};
  }
  return current();
}

std::shared_ptr<const Registry> NodeCatalog::reload() {
  const std::lock_guard lock(mutex_);
  seen_ = look();
  return load();
}

void NodeCatalog::set_folders(std::vector<std::string> folders) {
  const std::lock_guard lock(mutex_);
  folders_ = std::move(folders);
  next_look_ = SteadyTime{};
}

}  // namespace vnode
