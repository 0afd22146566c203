#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

/// What the file nodes need of the operating system, with errors as they want them. Paths are bytes as given:
/// relative to the working directory, no expansion. All functions block, and may be called from any thread.
namespace vnode {

/// Owns an open file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }
  /// Reports what the file system had kept to itself until now, such as an exceeded quota.
  Result<void> close(const std::string& path);

 private:
  int fd_ = -1;
};

/// What `errno` says, as Python users know it: "[Errno 2] No such file or directory: 'x'".
Error system_error(int number, std::string_view path);

/// Opens with O_CLOEXEC; a path with a NUL character is an error, not a shorter path.
Result<FileDescriptor> open_file(const std::string& path, int flags, mode_t mode = 0666);

/// nullopt when nothing can be found there, for whatever reason. Follows symbolic links.
std::optional<struct stat> find_file(const std::string& path);

/// Up to `size` bytes into `buffer`; 0 at the end of the file.
Result<std::size_t> read_some(const FileDescriptor& file, char* buffer, std::size_t size,
                              const std::string& path);

/// All of `data`, however many writes that takes.
Result<void> write_all(const FileDescriptor& file, std::string_view data, const std::string& path);

/// The folder with the missing ones above it. True when it was created, false when it was there.
Result<bool> make_folders(const std::string& path);

/// The folders that a file at `path` needs.
Result<void> make_parent_folders(const std::string& path);

}  // namespace vnode
