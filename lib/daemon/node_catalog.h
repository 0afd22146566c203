#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "registry/registry.h"

namespace vnode {

/// The node types that runs start with: read again when a definition file has changed (rule 14), between
/// runs; a run keeps what it has started with. Thread rule: any thread.
class NodeCatalog {
 public:
  using Load = std::function<Registry(const Registry* last)>;

  NodeCatalog(const Clock& clock, Load load, std::vector<std::string> folders);

  /// What is in the files now, as far as one can tell from their names, sizes and times. Looking takes at
  /// most a twentieth of the time: with a thousand files in a folder a change may go unnoticed for some
  /// milliseconds while runs start one after the other.
  std::shared_ptr<const Registry> current();
  /// The same, looking in any case: before a workflow is refused.
  std::shared_ptr<const Registry> look_again();
  /// Reads them again in any case.
  std::shared_ptr<const Registry> reload();
  void set_folders(std::vector<std::string> folders);

 private:
  std::string look() const;
  std::shared_ptr<const Registry> load();

  const Clock& clock_;
  const Load load_;
  std::mutex mutex_;
  std::vector<std::string> folders_;
  std::shared_ptr<const Registry> registry_;
  std::string seen_;  ///< what the files looked like when they were read
  SteadyTime next_look_{};
};

}  // namespace vnode
