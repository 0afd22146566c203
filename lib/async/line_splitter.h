#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "async/long_text.h"

namespace vnode {

/// Cuts a stream of bytes into lines, however it arrives. A line ends with "\n"; a "\r" before it is dropped.
/// Of a line longer than `max_line` nothing is kept.
/// Thread rule: one thread.
class LineSplitter {
 public:
  enum class Found { kNothing, kLine, kLongLine, kTooLong };

  /// Lines that have grown longer than `long_line` are told as such: `take_long_line`.
  explicit LineSplitter(std::size_t max_line, std::size_t long_line = std::numeric_limits<std::size_t>::max())
      : max_line_(max_line), long_line_(long_line) {}

  /// Looks for the end of the next line in `bytes`, and removes from them what it has dealt with; all of them
  /// with kNothing. kTooLong comes once a line, as soon as that is known.
  /// std::bad_alloc when there is no room for the line: the rest of it is skipped as of one that is too long.
  Found next(std::string_view& bytes, std::string& line);
  /// After kLongLine, once.
  LongText take_long_line() { return std::move(long_); }

  /// For the lines from now on, the one that has begun included.
  void set_max_line(std::size_t max_line) { max_line_ = max_line; }

  /// Bytes of the line that has not ended yet.
  std::size_t unfinished() const { return is_long_ ? long_.size() : begun_.size(); }

 private:
  bool is_too_long(std::string_view more) const;
  void append(std::string_view more);
  void drop();

  std::size_t max_line_;
  std::size_t long_line_;
  std::string begun_;
  LongText long_;             ///< the same of one that has grown long, and of one that is to be taken
  bool is_long_ = false;      ///< the line that has not ended is there
  bool is_skipping_ = false;  ///< the rest of a line that is too long
};

}  // namespace vnode
