#include "store/store_identity.h"

#include <sys/stat.h>

#include <utility>

#include "base/local_disk.h"

namespace vnode {

// (Over a network times are another machine's, and may come late.)
StoreIdentity::StoreIdentity(std::string path)
    : path_(std::move(path)), has_exact_times_(is_on_local_disk(path_)) {
  remember();
}

StoreIdentity::Stamp StoreIdentity::stamp_of(const std::string& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  const std::int64_t changed = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  return {status.st_dev, status.st_ino, status.st_size, has_exact_times_ ? changed : 0};
}

void StoreIdentity::remember() {
  file_ = stamp_of(path_);
  log_ = stamp_of(path_ + "-wal");
}

std::optional<std::string> StoreIdentity::difference() const {
  for (const auto& [path, then] : {std::pair(path_, file_), std::pair(path_ + "-wal", log_)}) {
    const Stamp now = stamp_of(path);
    if (then.number == 0) continue;  // SQLite makes its log when it is first needed
    if (now.number == 0) return path + " was removed";
    if (now.number != then.number || now.device != then.device) return path + " was replaced";
    if (now.size != then.size || now.changed != then.changed) return path + " was changed by somebody else";
  }
  return std::nullopt;
}

std::optional<std::string> StoreIdentity::replacement() const {
  for (const auto& [path, then] : {std::pair(path_, file_), std::pair(path_ + "-wal", log_)}) {
    const Stamp now = stamp_of(path);
    if (then.number == 0) continue;
    if (now.number == 0) return path + " was removed";
    if (now.number != then.number || now.device != then.device) return path + " was replaced";
  }
  return std::nullopt;
}

}  // namespace vnode
