#include "store/space_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/owned_fd.h"

namespace vnode {
namespace {

constexpr std::uint64_t kMostReserved = std::uint64_t{1} << 20;
constexpr std::uint64_t kLeastReserved = std::uint64_t{64} << 10;
constexpr std::uint64_t kPieces = 4;
/// Of a small disk no more than this part.
constexpr std::uint64_t kPartOfDisk = 32;

std::uint64_t reserve_size(const std::string& path) {
  struct statvfs disk {};
  if (::statvfs(path.substr(0, path.rfind('/')).c_str(), &disk) != 0) return kMostReserved;
  const std::uint64_t bytes = std::uint64_t{disk.f_blocks} * disk.f_frsize;
  return std::clamp(bytes / kPartOfDisk, kLeastReserved, kMostReserved);
}

Error reserve_error(const std::string& path, int code) {
  return Error{ErrorCode::kIo,
               "the disk has no space to be kept for ends of runs: " + std::generic_category().message(code),
               {path}};
}

/// What a file system that compresses or finds doubles cannot make smaller.
std::string incompressible(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint64_t state = 0x9e3779b97f4a7c15;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state >> 32);
  }
  return bytes;
}

/// 0, or errno.
int write_all_at(int file, std::string_view bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    at += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

SpaceReserve::SpaceReserve(std::string path) : path_(std::move(path)), size_(reserve_size(path_)) {}

bool SpaceReserve::is_whole() const {
  struct stat status {};
  return ::stat(path_.c_str(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) >= size_;
}

Result<void> SpaceReserve::fill() {
  if (is_whole()) return {};
  const OwnedFd file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return reserve_error(path_, errno);
  const std::uint64_t there = static_cast<std::uint64_t>(status.st_size);
  const std::string missing = incompressible(static_cast<std::size_t>(size_ - std::min(there, size_)));
  const int failure = write_all_at(file.get(), missing, there);
  if (failure == 0) return {};
  (void)::ftruncate(file.get(), status.st_size);
  return reserve_error(path_, failure);
}

bool SpaceReserve::give() {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0 || status.st_size == 0) return false;
  const auto piece = static_cast<off_t>(size_ / kPieces);
  return ::truncate(path_.c_str(), std::max<off_t>(0, status.st_size - piece)) == 0;
}

}  // namespace vnode
