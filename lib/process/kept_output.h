#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vnode {

/// What is kept of a stream: all of it up to a limit, and beyond that its head and its tail, half of the
/// limit each. Thread rule: one thread.
class KeptOutput {
 public:
  explicit KeptOutput(std::size_t limit) : head_limit_(limit / 2), tail_limit_(limit - limit / 2) {}

  void add(std::string_view bytes);

  /// Bytes that came, and of these the ones that were not kept.
  std::uint64_t size() const { return size_; }
  std::uint64_t left_out() const { return size_ - head_.size() - tail().size(); }
  /// With a line between head and tail that says how much is not there. Bytes as they came, but cut between
  /// characters.
  std::string text() const;
  /// The end of it: the last lines, at most so many bytes.
  std::string last(std::size_t most) const;

 private:
  std::string_view tail() const;

  std::size_t head_limit_;
  std::size_t tail_limit_;
  std::uint64_t size_ = 0;
  std::string head_;
  std::string tail_;  ///< up to twice its limit, so that it is not moved with every byte
};

}  // namespace vnode
