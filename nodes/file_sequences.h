#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vnode {

/// Files of one name but for a number.
struct FileSequence {
  std::string prefix;                ///< all that is in front of the number, the folder included
  std::string suffix;                ///< all behind it
  int width = 1;                     ///< characters of the number, with zeros in front; 1: none
  std::vector<std::int64_t> frames;  ///< sorted

  std::string printf_pattern() const;  ///< `name.%04d.exr`
  std::string hash_pattern() const;    ///< `name.####.exr`
  std::vector<std::int64_t> missing() const;
};

struct FoundSequences {
  std::vector<FileSequence> sequences;  ///< by pattern
  std::vector<std::string> others;      ///< paths that belong to none, in the order given
};

/// The sequences among those paths: what differs is the last number in the name, in front of its suffix.
/// `least`: how many files make one.
FoundSequences find_sequences(std::span<const std::string> paths, std::size_t least);

}  // namespace vnode
