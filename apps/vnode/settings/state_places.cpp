#include "apps/vnode/settings/state_places.h"

#include <cstdlib>
#include <filesystem>

namespace vnode {
namespace {

/// A folder that the environment names. The convention for XDG variables: relative paths are to be ignored.
std::string folder_variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value == '/' ? value : "";
}

}  // namespace

std::string standard_state_directory() {
  if (const std::string folder = folder_variable("XDG_STATE_HOME"); !folder.empty()) return folder + "/vnode";
  const std::string home = folder_variable("HOME");
  return home.empty() ? home : home + "/.local/state/vnode";
}

std::string standard_socket(const std::string& state_directory) {
  const std::string folder = folder_variable("XDG_RUNTIME_DIR");
  if (!folder.empty()) return folder + "/vnode/vnode.sock";
  return state_directory.empty() ? state_directory : state_directory + "/vnode.sock";
}

std::string absolute_path(const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

}  // namespace vnode
