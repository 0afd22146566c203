#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace vnode {

/// Keeps the beginning and the end of something long, in lines: a report has room for some of a run's logs.
class LogKeeper {
 public:
  explicit LogKeeper(std::size_t most_bytes) : most_bytes_(most_bytes / 2) {}

  void add(std::string line);
  /// All that was kept, with a line that says how many are missing where some are.
  std::string text() const;
  bool empty() const { return head_.empty(); }

 private:
  std::size_t most_bytes_;  ///< of either part
  std::string head_;
  bool is_head_full_ = false;
  std::deque<std::string> tail_;
  std::size_t tail_bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace vnode
