#include "python/process/cache_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/private_folder.h"

namespace vnode {
namespace {

std::string absolute_path_in(const char* variable) {
  const char* path = std::getenv(variable);
  return path && path[0] == '/' ? path : "";
}

}  // namespace

Result<std::string> private_cache_folder(const std::string& name) {
  std::string path = absolute_path_in("XDG_CACHE_HOME");
  if (path.empty()) {
    path = absolute_path_in("HOME");
    if (path.empty()) return Error{ErrorCode::kIo, "neither XDG_CACHE_HOME nor HOME names a folder"};
    path += "/.cache";
  }
  path += "/vnode";
  if (Result<void> made = make_private_folder(path, FolderLinks::kRefused); !made) return made.error();
  path += "/" + name;
  if (Result<void> made = make_private_folder(path, FolderLinks::kRefused); !made) return made.error();
  return path;
}

bool is_private_file(const std::string& path, std::size_t size) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && is_private(info) &&
         static_cast<std::size_t>(info.st_size) == size;
}

}  // namespace vnode
