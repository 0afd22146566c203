#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace vnode {

/// A file that only takes space on the disk, to be given up for what must not fail for want of it: ends and
/// removals of runs. A piece at a time, so that who writes beside us does not get all of it. Thread rule: one
/// thread at a time.
class SpaceReserve {
 public:
  explicit SpaceReserve(std::string path);

  /// All of it is there.
  bool is_whole() const;
  /// Takes what is missing. Without enough space it stays as it was. Errors: kIo.
  Result<void> fill();
  /// Gives up a piece. False when there is nothing left.
  bool give();

 private:
  const std::string path_;
  const std::uint64_t size_;
};

}  // namespace vnode
