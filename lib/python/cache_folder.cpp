#include "python/cache_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/owned_fd.h"

namespace vnode {
namespace {

Error cache_error(const std::string& path, const std::string& reason) {
  return {ErrorCode::kIo, reason, {.file = path}};
}

Error cache_error(const std::string& path, int error) {
  return cache_error(path, std::generic_category().message(error));
}

std::string absolute_path_in(const char* variable) {
  const char* path = std::getenv(variable);
  return path && path[0] == '/' ? path : "";
}

bool is_private(const struct stat& info) {
  return info.st_uid == ::geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// With all folders above it.
int make_folders(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return 0;
  const std::size_t slash = path.rfind('/');
  if (errno != ENOENT || slash == std::string::npos || slash == 0) return errno;
  if (const int error = make_folders(path.substr(0, slash))) return error;
  return ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST ? 0 : errno;
}

Result<void> make_private_folder(const std::string& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) {
    if (const int error = make_folders(path)) return cache_error(path, error);
    if (::lstat(path.c_str(), &info) != 0) return cache_error(path, errno);
  }
  if (!S_ISDIR(info.st_mode)) return cache_error(path, "is not a folder");
  if (!is_private(info)) return cache_error(path, "belongs to somebody else or can be written to by others");
  return {};
}

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
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
  if (Result<void> made = make_private_folder(path); !made) return made.error();
  path += "/" + name;
  if (Result<void> made = make_private_folder(path); !made) return made.error();
  return path;
}

Result<void> replace_file(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX";
  OwnedFd file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!file) return cache_error(path, errno);
  int error = write_all(file.get(), bytes);
  if (::close(file.release()) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  return cache_error(path, error);
}

bool is_private_file(const std::string& path, std::size_t size) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && is_private(info) &&
         static_cast<std::size_t>(info.st_size) == size;
}

}  // namespace vnode
