#include "base/private_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace vnode {
namespace {

Error folder_error(const std::string& path, const std::string& what) {
  return {ErrorCode::kIo, what, {.file = path}};
}

Result<void> make_one(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return folder_error(path.string(), "cannot make the folder: " + std::generic_category().message(errno));
}

}  // namespace

bool is_private(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Result<void> make_private_folder(const std::string& path, FolderLinks links) {
  std::filesystem::path so_far;
  for (const std::filesystem::path& part : std::filesystem::path(path)) {
    so_far /= part;
    std::error_code ignored;
    if (so_far == "/" || std::filesystem::exists(so_far, ignored)) continue;
    if (Result<void> made = make_one(so_far); !made) return made;
  }
  struct stat status = {};
  const auto look = links == FolderLinks::kFollowed ? ::stat : ::lstat;
  if (look(path.c_str(), &status) != 0) {
    return folder_error(path, "cannot use the folder: " + std::generic_category().message(errno));
  }
  if (!S_ISDIR(status.st_mode)) return folder_error(path, "is no folder");
  if (!is_private(status)) {
    return Error{ErrorCode::kUnreadable,
                 "others can write to this folder; it must belong to this user alone (chmod 700)",
                 {.file = path}};
  }
  return {};
}

}  // namespace vnode
