#include "nodes/atomic_write.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "base/uuid.h"
#include "nodes/file_system.h"

namespace vnode {
namespace {

constexpr int kMaxLinks = 40;  // as many as Linux follows

/// Removes a file unless it was given away.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)) {}
  Temporary(const Temporary&) = delete;
  ~Temporary() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }
  void release() { path_.clear(); }

 private:
  std::string path_;
};

std::string folder_prefix(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// The path behind a symbolic link; nullopt when `path` is none.
std::optional<std::string> read_link(const std::string& path) {
  char target[4096];
  ssize_t size = readlink(path.c_str(), target, sizeof target);
  if (size <= 0 || size == sizeof target) return std::nullopt;
  return std::string(target, static_cast<std::size_t>(size));
}

/// Where the links lead; nullopt where only the system can tell. The file at the end need not exist.
std::optional<std::string> resolve_links(std::string path) {
  for (int i = 0; i < kMaxLinks; ++i) {
    // Links there stand for open files (/dev/stdout): whoever has them open must see what is written.
    if (path.starts_with("/proc/")) return std::nullopt;
    std::optional<std::string> target = read_link(path);
    if (!target) return path;
    path = target->starts_with('/') ? *target : folder_prefix(path) + *target;
  }
  return std::nullopt;
}

Result<void> write_in_place(const std::string& path, std::string_view data) {
  Result<FileDescriptor> file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  Result<void> written = write_all(*file, data, path);
  return written ? file->close(path) : written;
}

/// The folder does not let a file be replaced, which says nothing about writing to the file itself.
bool is_refusal(int number) {
  return number == EACCES || number == EPERM || number == EROFS || number == EBUSY || number == EXDEV;
}

/// Owner first: changing it clears set-id bits.
Result<void> keep_attributes(const FileDescriptor& file, const struct stat& old, const std::string& path) {
  if (old.st_uid != geteuid() || old.st_gid != getegid()) {
    // Best effort: only root may give files away.
    [[maybe_unused]] int ignored = fchown(file.get(), old.st_uid, old.st_gid);
  }
  if (fchmod(file.get(), old.st_mode & 07777) != 0) return system_error(errno, path);
  return {};
}

Result<void> replace_file(const std::string& target, const std::optional<struct stat>& old,
                          std::string_view data) {
  // Short and random rather than made from the target's name, which may have the greatest length already.
  std::string name = folder_prefix(target) + ".vnode-" + Uuid::random().text() + ".tmp";
  Result<FileDescriptor> file =
      FileDescriptor(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file->get() < 0) return is_refusal(errno) ? write_in_place(target, data) : system_error(errno, target);
  Temporary temporary(name);
  Result<void> done = write_all(*file, data, target);
  if (done && old) done = keep_attributes(*file, *old, target);
  if (done) done = file->close(target);
  if (!done) return done;
  if (std::rename(name.c_str(), target.c_str()) != 0) {
    return is_refusal(errno) ? write_in_place(target, data) : system_error(errno, target);
  }
  temporary.release();
  return {};
}

}  // namespace

Result<void> write_file_atomically(const std::string& path, std::string_view data) {
  std::optional<struct stat> old = find_file(path);
  if (old && !S_ISREG(old->st_mode)) return write_in_place(path, data);
  if (old && faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) return system_error(errno, path);
  std::optional<std::string> target = resolve_links(path);
  // A path that names a folder, a loop of links, a NUL: the system's own error says it best.
  if (!target || target->empty() || target->ends_with('/') || path.find('\0') != std::string::npos) {
    return write_in_place(path, data);
  }
  std::optional<struct stat> resolved = find_file(*target);
  bool is_same =
      old ? resolved && resolved->st_dev == old->st_dev && resolved->st_ino == old->st_ino : !resolved;
  return is_same ? replace_file(*target, old, data) : write_in_place(path, data);
}

}  // namespace vnode
