#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace vnode {

/// Something inside a run that can be ended by itself: a try of a node, with all that it has set off and
/// waits for (rule 24). Chains know the innermost that they are in. It is within the one that was the
/// innermost before, which outlives it. Thread rule: the thread that steps the run, but for `flag`.
class CancelScope {
 public:
  using Listener = std::function<void()>;

  explicit CancelScope(CancelScope* outer)
      : outer_(outer), flag_(std::make_shared<std::atomic<bool>>(false)) {
    if (!outer_) return;
    outer_->inner_.push_back(this);
    if (outer_->is_cancelled()) *flag_ = true;
  }
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;
  ~CancelScope() {
    if (outer_) outer_->inner_.remove(this);
  }

  bool is_cancelled() const { return flag_->load(std::memory_order_relaxed); }
  /// For work on other threads, which may outlive the scope.
  std::shared_ptr<const std::atomic<bool>> flag() const { return flag_; }
  CancelScope* outer() const { return outer_; }

  /// Also those inside. Their listeners are called; chains are woken by Scheduler::cancel. No recursion:
  /// scopes are as deep within each other as chains of nodes with limits are long.
  void cancel() {
    std::vector<CancelScope*> left{this};
    while (!left.empty()) {
      CancelScope& scope = *left.back();
      left.pop_back();
      if (scope.flag_->exchange(true)) continue;
      left.insert(left.end(), scope.inner_.begin(), scope.inner_.end());
      for (const Listener* listener : scope.listeners_) (*listener)();
    }
  }
  /// What it was cancelled for has been dealt with: it goes on, unless one around it was cancelled too.
  void reopen() { *flag_ = outer_ && outer_->is_cancelled(); }

  bool is_within(const CancelScope& scope) const {
    for (const CancelScope* at = this; at; at = at->outer_) {
      if (at == &scope) return true;
    }
    return false;
  }

  /// Hears of the cancelling of a scope (none: nothing) as long as it lives.
  class Listening {
   public:
    Listening(CancelScope* scope, Listener listener) : scope_(scope), listener_(std::move(listener)) {
      if (scope_) scope_->listeners_.push_back(&listener_);
    }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() {
      if (scope_) scope_->listeners_.remove(&listener_);
    }

   private:
    CancelScope* scope_;
    const Listener listener_;
  };

 private:
  CancelScope* outer_;
  std::shared_ptr<std::atomic<bool>> flag_;
  std::list<CancelScope*> inner_;
  std::list<const Listener*> listeners_;
};

}  // namespace vnode
