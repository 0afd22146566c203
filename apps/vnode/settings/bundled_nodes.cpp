#include "apps/vnode/settings/bundled_nodes.h"

#include <unistd.h>

#include <string_view>

namespace vnode {
namespace {

/// Below the folder that holds bin/.
constexpr std::string_view kBundledBesideProgram = "share/vnode/nodes";

std::string program_path() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

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

}  // namespace vnode
