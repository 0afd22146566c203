#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace vnode {

/// Whether the files of a database are those that were opened, as they were left: SQLite goes on in files
/// that were removed or replaced, and what it writes there nobody finds again. Thread rule: one thread at a
/// time.
class StoreIdentity {
 public:
  /// `path`: the database's file; its log is beside it.
  explicit StoreIdentity(std::string path);

  /// To be called after every change of our own.
  void remember();
  /// What somebody else has done to them since, in words.
  std::optional<std::string> difference() const;
  /// The same, right after a change of our own: they are still at their place.
  std::optional<std::string> replacement() const;

 private:
  struct Stamp {
    dev_t device = 0;
    ino_t number = 0;  ///< 0: there is none
    off_t size = 0;
    std::int64_t changed = 0;  ///< nanoseconds; 0 where the system's word for it is not exact
  };
  Stamp stamp_of(const std::string& path) const;

  const std::string path_;
  const bool has_exact_times_;
  Stamp file_;
  Stamp log_;
};

}  // namespace vnode
