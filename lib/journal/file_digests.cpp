#include "journal/file_digests.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/owned_fd.h"
#include "base/sha256.h"

namespace vnode {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

/// Empty: it cannot be read.
std::string digest_of_file(int fd) {
  Sha256 sum;
  std::vector<char> piece(kPiece);
  for (;;) {
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {};
    if (got == 0) break;
    sum.add({piece.data(), static_cast<std::size_t>(got)});
  }
  return hex_text(sum.finish()).substr(0, 32);
}

}  // namespace

std::string FileDigests::of(const std::string& path) {
  const OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::int64_t changed = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  if (const auto known = known_.find(path);
      known != known_.end() && known->second.size == size && known->second.changed == changed)
    return known->second.digest;
  std::string digest = digest_of_file(fd.get());
  known_[path] = {size, changed, digest};
  return digest;
}

}  // namespace vnode
