#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vnode {

/// Frame numbers of a text such as `1-100`, `1-100x10`, `1-10:2,15,20-18`, `-5--3`: sorted, each once. A step
/// counts from the first number that is written. Errors: kInvalidValue, with the place in the text, also for
/// more than ten million.
Result<std::vector<std::int64_t>> parse_frames(std::string_view text);

/// The shortest such text, near enough, of sorted frames: `1-10,15,20-40x5`.
std::string frames_text(std::span<const std::int64_t> frames);

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
