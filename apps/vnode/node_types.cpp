#include "apps/vnode/node_types.h"

#include <unistd.h>

#include "nodes/native_nodes.h"
#include "registry/definition_loader.h"
#include "registry/reload.h"

namespace vnode {
namespace {

/// Below the folder that holds bin/.
constexpr std::string_view kBundledBesideProgram = "share/vnode/nodes";

std::string program_path() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

/// Where the definitions that come with the program are: next to it, wherever it was moved to, or else where
/// it was installed. Empty when there are none.
std::string bundled_folder() {
  const std::string program = program_path();
  const std::size_t slash = program.rfind('/');
  if (slash != std::string::npos) {
    std::string folder = program.substr(0, program.rfind('/', slash - 1) + 1).append(kBundledBesideProgram);
    if (::access(folder.c_str(), R_OK | X_OK) == 0) return folder;
  }
  if (::access(VNODE_BUNDLED_NODES, R_OK | X_OK) == 0) return VNODE_BUNDLED_NODES;
  return {};
}

}  // namespace

Registry load_node_types(const std::vector<std::string>& folders) {
  NodeLibrary natives;
  add_native_nodes(natives);
  return reload_registry(Registry(), natives, definition_search_path(bundled_folder(), folders));
}

}  // namespace vnode
