#include "nodes/file_system.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "model/value_ops.h"

namespace vnode {
namespace {

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EISDIR:
    case ENOTDIR:
      return ErrorCode::kUnreadable;
    default:
      return ErrorCode::kIo;
  }
}

/// One folder; true when it was created.
Result<bool> make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) == 0) return true;
  int number = errno;
  // Whatever the reason (exists, read-only file system, no permission): a folder that is there will do.
  struct stat status;
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return false;
    number = EEXIST;
  }
  return system_error(number, path);
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> FileDescriptor::close(const std::string& path) {
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) return system_error(errno, path);
  return {};
}

Error system_error(int number, std::string_view path) {
  return {code_of(number), "[Errno " + std::to_string(number) + "] " +
                               std::generic_category().message(number) + ": " + to_repr(Value(path))};
}

Result<FileDescriptor> open_file(const std::string& path, int flags, mode_t mode) {
  if (path.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalidValue, "the path contains a NUL character"};
  }
  int fd;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return system_error(errno, path);
  return FileDescriptor(fd);
}

std::optional<struct stat> find_file(const std::string& path) {
  struct stat status;
  if (path.find('\0') != std::string::npos || stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

Result<std::size_t> read_some(const FileDescriptor& file, char* buffer, std::size_t size,
                              const std::string& path) {
  while (true) {
    ssize_t count = ::read(file.get(), buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return system_error(errno, path);
  }
}

Result<void> write_all(const FileDescriptor& file, std::string_view data, const std::string& path) {
  while (!data.empty()) {
    ssize_t count = ::write(file.get(), data.data(), data.size());
    if (count >= 0) {
      data.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return system_error(errno, path);
    }
  }
  return {};
}

Result<bool> make_folders(const std::string& path) {
  if (path.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalidValue, "the path contains a NUL character"};
  }
  // From the top down, so that folders that others create meanwhile do not disturb.
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (path.find_first_not_of('/', slash) == std::string::npos) break;
    if (path[slash - 1] == '/') continue;
    Result<bool> made = make_folder(path.substr(0, slash));
    if (!made) return made;
  }
  return make_folder(path);
}

Result<void> make_parent_folders(const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return {};
  Result<bool> made = make_folders(path.substr(0, slash));
  if (!made) return made.error();
  return {};
}

}  // namespace vnode
