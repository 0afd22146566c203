#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vnode {

/// Files that a command has to write. Thread rule: one thread at a time; the functions ask the file system.
class ExpectedFiles {
 public:
  /// Paths are absolute, or relative to `directory`. `is_fresh`: what stood there before does not count.
  ExpectedFiles(std::vector<std::string> paths, std::string directory, bool is_fresh)
      : paths_(std::move(paths)), directory_(std::move(directory)), is_fresh_(is_fresh) {}

  bool is_empty() const { return paths_.empty(); }
  /// Right before the command starts. Waits a moment where a file was changed just now, since the times of
  /// files do not tell two changes apart that come together.
  void remember();
  /// What is wrong with the first file that is not as it must be; empty when all are.
  std::string complaint() const;

 private:
  struct Mark {
    std::uint64_t device, inode, size;
    std::int64_t modified, changed;  ///< nanoseconds
    bool operator==(const Mark&) const = default;
  };
  static std::optional<Mark> mark_of(const std::string& path);
  std::string complaint_about(std::size_t index) const;

  std::vector<std::string> paths_;
  std::string directory_;
  bool is_fresh_;
  std::vector<std::optional<Mark>> before_;
};

/// `path`, relative to the directory where it is relative. An empty directory: the program's own.
std::string path_in(const std::string& directory, const std::string& path);

}  // namespace vnode
