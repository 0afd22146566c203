#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace vnode {

/// How much log the nodes of a run may write together. Thread rule: any thread.
class RunLogBudget {
 public:
  static constexpr std::uint64_t kUsual = 256ull << 20;
  explicit RunLogBudget(std::uint64_t limit = kUsual) : limit_(limit) {}
  /// True when so many bytes may be written; they are spent then.
  bool take(std::uint64_t size);

 private:
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> spent_ = 0;
};

/// How much log a node may write, of its own limit and the run's: lines beyond it are counted, not written.
/// Thread rule: one thread.
class LogBudget {
 public:
  static constexpr std::uint64_t kUsual = 1ull << 20;
  /// `run` must outlive it.
  explicit LogBudget(RunLogBudget& run, std::uint64_t limit = kUsual) : run_(run), limit_(limit) {}

  /// True when a line of that size may be written. After the first one that may not none may: what is left
  /// out is the end.
  bool take(std::uint64_t size);
  std::uint64_t lines_left_out() const { return lines_; }
  /// What the last line says; empty when nothing was left out.
  std::string last_line() const;

 private:
  RunLogBudget& run_;
  const std::uint64_t limit_;
  std::uint64_t spent_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace vnode
