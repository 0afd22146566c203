#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace vnode {

/// Digests of what files hold. A file is read once, and again when it has changed. Thread rule: one thread at
/// a time.
class FileDigests {
 public:
  /// Empty where it cannot be read, or is no regular file.
  std::string of(const std::string& path);

 private:
  struct Known {
    std::uint64_t size = 0;
    std::int64_t changed = 0;
    std::string digest;
  };

  std::unordered_map<std::string, Known> known_;
};

}  // namespace vnode
