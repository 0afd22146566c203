#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "engine/scheduler.h"

namespace vnode {

/// A way for work on another thread, which may outlive the run, to say that it lives (rule 36). Thread rule:
/// `give` any thread, all else the thread that steps the run.
class LifeSign {
 public:
  /// `hear` is called on the thread that steps the run, once for all signs that it finds.
  LifeSign(std::shared_ptr<RunInbox> inbox, std::function<void()> hear)
      : inbox_(std::move(inbox)), told_(std::make_shared<Told>()) {
    told_->hear = std::move(hear);
  }

  void give() const {
    if (told_->is_waiting.exchange(true)) return;
    inbox_->post([told = told_] {
      told->is_waiting = false;
      if (told->hear) told->hear();
    });
  }
  /// Nobody listens any more.
  void end() const { told_->hear = nullptr; }

 private:
  struct Told {
    std::atomic<bool> is_waiting = false;
    std::function<void()> hear;
  };

  std::shared_ptr<RunInbox> inbox_;
  std::shared_ptr<Told> told_;
};

}  // namespace vnode
