#pragma once

#include <cstddef>
#include <deque>
#include <functional>

namespace vnode {

/// How many blocking executions of one run go on at once (`-j`): whoever finds none free waits, first come,
/// first served. Thread rule: the thread that steps the run.
class Slots {
 public:
  /// `count`: at least one.
  explicit Slots(std::size_t count) : free_(count > 0 ? count : 1) {}
  Slots(const Slots&) = delete;

  /// True when there is one, which is then the caller's.
  bool try_take();
  /// Calls `granted` when there is one for the caller, at once or from within `give_back`. Nobody waits while
  /// having one: that could go round in a circle.
  void take(std::function<void()> granted);
  void give_back();

 private:
  std::size_t free_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace vnode
