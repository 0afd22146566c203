#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// Cuts a stream of bytes into lines, however it arrives. A line ends with "\n"; a "\r" before it is dropped.
/// Of a line longer than `max_line` nothing is kept.
/// Thread rule: one thread.
class LineSplitter {
 public:
  enum class Found { kNothing, kLine, kTooLong };

  explicit LineSplitter(std::size_t max_line) : max_line_(max_line) {}

  /// Looks for the end of the next line in `bytes`, and removes from them what it has dealt with; all of them
  /// with kNothing. kTooLong comes once a line, as soon as that is known.
  Found next(std::string_view& bytes, std::string& line);

  /// Bytes of the line that has not ended yet.
  std::size_t unfinished() const { return begun_.size(); }

 private:
  bool is_too_long(std::string_view more) const;
  void append(std::string_view more);

  std::size_t max_line_;
  std::string begun_;
  bool is_skipping_ = false;  ///< the rest of a line that is too long
};

}  // namespace vnode
