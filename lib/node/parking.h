#pragma once

#include <coroutine>
#include <optional>

#include "node/node_runtime.h"

namespace vnode {

/// A place where one chain waits until somebody wakes it.
///
///     co_await parking.wait(holds, deadline);
///
/// Thread rule: the thread that steps the run. Must outlive the wait.
class Parking {
 public:
  explicit Parking(RunLink& run) : run_(run) {}
  Parking(const Parking&) = delete;

  class Awaiter {
   public:
    Awaiter(Parking& parking, bool holds, std::optional<SteadyTime> deadline)
        : parking_(parking), holds_(holds), deadline_(deadline) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) {
      Trampoline& chain = *self.promise().trampoline;
      parking_.chain_ = &chain;
      if (holds_) parking_.run_.hold(chain);
      parking_.run_.park(chain, self, deadline_);
    }
    void await_resume() const noexcept { parking_.chain_ = nullptr; }

   private:
    Parking& parking_;
    bool holds_;
    std::optional<SteadyTime> deadline_;
  };

  /// Suspends the chain until `wake` or the deadline; a stop does not end it. `holds`: no other chain of the
  /// run gets a turn meanwhile (engine rule 28).
  Awaiter wait(bool holds, std::optional<SteadyTime> deadline) { return {*this, holds, deadline}; }

  /// Nothing happens if nobody waits.
  void wake() {
    if (chain_) run_.wake(*chain_);
  }

 private:
  RunLink& run_;
  Trampoline* chain_ = nullptr;
};

}  // namespace vnode
