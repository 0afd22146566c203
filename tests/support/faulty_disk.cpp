// A library for LD_PRELOAD that makes the disk fail, for tests of the real program.
//
//   FAULTY_DISK_FOLDER   files under this folder are meant
//   FAULTY_DISK_CONTROL  while this file exists, its content says how they fail:
//     ENOSPC             every write, growing and making of files
//     EIO                also shrinking, and bringing to disk
//     sync EIO           bringing to disk only
//     ENOSPC after 5000  the first 5000 bytes that are written (by this process, since the file was made)
//     pass
//   Other words: EDQUOT, EFBIG.
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Fault {
  int error = 0;  ///< 0: none
  bool is_sync_only = false;
  std::int64_t allowed = 0;  ///< bytes that may still be written
};

/// How many bytes have been written under the control file that was seen last.
struct Written {
  std::atomic<std::int64_t> control{0};
  std::atomic<std::int64_t> bytes{0};
};

Written& written() {
  static Written counter;
  return counter;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int error_number(const char* name) {
  if (std::strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (std::strcmp(name, "EDQUOT") == 0) return EDQUOT;
  if (std::strcmp(name, "EFBIG") == 0) return EFBIG;
  return EIO;
}

/// Bytes written since this control file was made.
std::int64_t written_under(const struct stat& control) {
  const std::int64_t identity = static_cast<std::int64_t>(control.st_ino) * 1'000'003 +
                                control.st_mtim.tv_sec * 1'000'000'000 + control.st_mtim.tv_nsec;
  if (written().control.exchange(identity) != identity) written().bytes = 0;
  return written().bytes;
}

Fault current_fault() {
  const char* control = std::getenv("FAULTY_DISK_CONTROL");
  if (control == nullptr) return {};
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC));
  if (fd < 0) return {};
  char text[64] = {};
  struct stat status {};
  const bool is_read = ::read(fd, text, sizeof text - 1) > 0 && ::fstat(fd, &status) == 0;
  ::close(fd);
  char name[16] = {};
  long long allowed = 0;
  Fault fault;
  fault.is_sync_only = std::strncmp(text, "sync ", 5) == 0;
  if (!is_read || std::sscanf(text + (fault.is_sync_only ? 5 : 0), "%15s after %lld", name, &allowed) < 1) {
    return {};
  }
  fault.error = error_number(name);
  fault.allowed = allowed - written_under(status);
  return fault;
}

bool is_in_folder(const char* path) {
  const char* folder = std::getenv("FAULTY_DISK_FOLDER");
  char real[PATH_MAX];
  if (folder == nullptr || ::realpath(folder, real) == nullptr) return false;
  for (const char* start : {static_cast<const char*>(real), folder}) {
    const std::size_t size = std::strlen(start);
    if (std::strncmp(path, start, size) == 0 && path[size] == '/') return true;
  }
  return false;
}

bool is_in_folder(int fd) {
  char link[32];
  char path[PATH_MAX] = {};
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return ::readlink(link, path, sizeof path - 1) > 0 && is_in_folder(path);
}

/// How many bytes of a write may go to the disk.
struct Admission {
  ssize_t bytes = 0;  ///< -1 with errno: none
  bool is_counted = false;
};

Admission admit(int fd, std::size_t size) {
  const int before = errno;
  const Fault fault = current_fault();
  errno = before;
  if (fault.error == 0 || fault.is_sync_only || size == 0 || !is_in_folder(fd)) {
    return {static_cast<ssize_t>(size)};
  }
  if (fault.allowed <= 0) {
    errno = fault.error;
    return {-1};
  }
  const auto admitted = static_cast<ssize_t>(size);
  return {admitted < fault.allowed ? admitted : static_cast<ssize_t>(fault.allowed), true};
}

ssize_t count(Admission admission, ssize_t result) {
  if (admission.is_counted && result > 0) written().bytes += result;
  return result;
}

/// Whether bringing to disk fails.
bool fails_to_sync(int fd) {
  const Fault fault = current_fault();
  if ((!fault.is_sync_only && fault.error != EIO) || fault.allowed > 0 || !is_in_folder(fd)) return false;
  errno = fault.error;
  return true;
}

bool fails_to_cut(int fd, off_t size) {
  const Fault fault = current_fault();
  if (fault.error == 0 || fault.is_sync_only || fault.allowed > 0 || !is_in_folder(fd)) return false;
  struct stat status {};
  if (fault.error != EIO && ::fstat(fd, &status) == 0 && size <= status.st_size) return false;
  errno = fault.error;
  return true;
}

bool fails_to_create(const char* path, int flags) {
  if ((flags & O_CREAT) == 0) return false;
  const Fault fault = current_fault();
  if (fault.error == 0 || fault.is_sync_only || fault.allowed > 0 || !is_in_folder(path)) return false;
  if (::access(path, F_OK) == 0) return false;
  errno = fault.error;
  return true;
}

int open_or_fail(const char* name, const char* path, int flags, mode_t mode) {
  if (fails_to_create(path, flags)) return -1;
  return next<int(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  const Admission admitted = admit(fd, size);
  if (admitted.bytes < 0) return -1;
  return count(admitted, next<decltype(write)>("write")(fd, bytes, static_cast<size_t>(admitted.bytes)));
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  const Admission admitted = admit(fd, size);
  if (admitted.bytes < 0) return -1;
  return count(admitted,
               next<decltype(pwrite)>("pwrite")(fd, bytes, static_cast<size_t>(admitted.bytes), at));
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  const Admission admitted = admit(fd, size);
  if (admitted.bytes < 0) return -1;
  return count(admitted,
               next<decltype(pwrite64)>("pwrite64")(fd, bytes, static_cast<size_t>(admitted.bytes), at));
}

ssize_t writev(int fd, const struct iovec* parts, int number) {
  size_t size = 0;
  for (int i = 0; i < number; ++i) size += parts[i].iov_len;
  const Admission admitted = admit(fd, size);
  if (admitted.bytes < 0) return -1;
  if (static_cast<size_t>(admitted.bytes) == size) {
    return count(admitted, next<decltype(writev)>("writev")(fd, parts, number));
  }
  // A short write may end anywhere: the first part that has bytes is enough.
  while (parts->iov_len == 0) ++parts;
  const size_t first = parts->iov_len < static_cast<size_t>(admitted.bytes)
                           ? parts->iov_len
                           : static_cast<size_t>(admitted.bytes);
  return count(admitted, next<decltype(write)>("write")(fd, parts->iov_base, first));
}

int fsync(int fd) { return fails_to_sync(fd) ? -1 : next<int(int)>("fsync")(fd); }

int fdatasync(int fd) { return fails_to_sync(fd) ? -1 : next<int(int)>("fdatasync")(fd); }

int ftruncate(int fd, off_t size) noexcept {
  return fails_to_cut(fd, size) ? -1 : next<int(int, off_t)>("ftruncate")(fd, size);
}

int ftruncate64(int fd, off64_t size) noexcept {
  return fails_to_cut(fd, size) ? -1 : next<int(int, off64_t)>("ftruncate64")(fd, size);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_or_fail("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_or_fail("open64", path, flags, mode);
}
}
