#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// A folder with records of executions, each a file that is named after what the execution depends on
/// (journal rule 21). It belongs to this user, and nobody else may write to it. Any number of runs use it at
/// once: a record appears and vanishes as a whole. When it takes more than it may, those go first that were
/// used longest ago. Thread rule: one thread at a time; others have it open for themselves.
class CacheFolder {
 public:
  /// What it holds.
  struct Use {
    std::size_t records = 0;
    std::uint64_t bytes = 0;
    std::optional<WallTime> oldest;  ///< when the one was used that was used longest ago
  };

  /// Makes the folder if it is not there. `most`: bytes that records may take. Errors: kUnreadable (others
  /// can write to it, or it is somebody else's), kIo.
  static Result<std::unique_ptr<CacheFolder>> open(const std::string& path, std::uint64_t most);
  ~CacheFolder();
  CacheFolder(const CacheFolder&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t most() const { return most_; }

  /// The record of that key, open for reading; it counts as used. Null: there is none.
  OwnedFd find(std::string_view key);
  /// The same, and it does not count as used.
  OwnedFd look(std::string_view key) const;
  /// Takes the place of what is there. Errors: kIo.
  Result<void> put(std::string_view key, const std::vector<std::string>& payloads);
  /// One that is of no use.
  void remove(std::string_view key);
  /// Removes what is over the limit. Comes by itself, now and then and at the end.
  void keep_limit();

  Use use() const;
  /// Keys of all of them, in no order.
  std::vector<std::string> keys() const;
  /// Removes those that were last used before that; how many.
  std::size_t clear(WallTime before);

 private:
  struct Entry;
  CacheFolder(std::string path, std::uint64_t most) : path_(std::move(path)), most_(most) {}

  std::string file_of(std::string_view key) const;
  std::vector<Entry> entries() const;
  std::uint64_t shrink(std::uint64_t to) const;

  const std::string path_;
  const std::uint64_t most_;
  std::uint64_t added_ = 0;  ///< bytes, since the limit was looked at
};

}  // namespace vnode
