#pragma once

#include <exception>
#include <optional>

#include "engine/error_logs.h"
#include "engine/own_time.h"
#include "engine/run_state.h"

namespace vnode {

/// What left a node's code, as the failure that it is; nullopt for a stop.
std::optional<NodeFailure> failure_of(const std::exception_ptr& exception);

/// The tries of one execution of a node that has limits (rules 35 to 38). Thread rule: the thread that steps
/// the run.
class Tries {
 public:
  /// All outlive it.
  /// `holds_others`: what its pushes set off is a part of it, but for `exec_on_finished`.
  Tries(RunState& run, Chain& chain, const NodeLimits& limits, bool holds_others)
      : run_(run), chain_(chain), limits_(limits), holds_others_(holds_others) {}
  Tries(const Tries&) = delete;
  Tries& operator=(const Tries&) = delete;
  ~Tries() { leave_scope(); }

  /// Of the present one, from 1.
  int number() const { return number_; }
  /// The node may be tried more than once.
  bool are_numbered() const { return limits_.retries.value_or(0) > 0; }

  /// The next one. `counts`: not if it is the last one once more, which has been cut off by no fault of its
  /// own.
  /// `used`: so many that it may have it had in earlier runs.
  void begin(bool counts = true, int used = 0);
  /// That one, of an earlier run, is taken.
  void begin_taken(int number) { number_ = number; }
  /// `failure`: of the try, or null. Returns that, or the limit's that has ended it instead.
  std::exception_ptr end(std::exception_ptr failure);

  /// Another one may follow, whatever it fails with.
  bool may_repeat(bool has_pushed) const;
  /// What has been cut off by no fault of its own may be done once more.
  bool may_go_on(bool has_pushed) const;
  /// Another one follows upon that failure.
  bool repeats(const NodeFailure& failure, bool has_pushed) const;
  /// Before the next one; a fifth more or less at random.
  Duration backoff() const;

  /// The node's code waits for others, from now on to `resume`.
  void pause() {
    if (own_time_) own_time_->pause();
  }
  void resume() {
    if (own_time_) own_time_->resume();
  }
  /// As `pause`, without being a sign of life.
  void hold() {
    if (own_time_) own_time_->hold();
  }
  bool is_timed() const { return own_time_.has_value(); }
  bool holds_others() const { return holds_others_; }
  void touch() {
    if (own_time_) own_time_->touch();
  }
  void look() {
    if (own_time_) own_time_->look();
  }
  /// The limit that has passed, for code which goes on from it, without limits.
  std::optional<NodeFailure> take_expiry();

  /// Error logs of the present try.
  ErrorLogs error_logs;

 private:
  void leave_scope();

  RunState& run_;
  Chain& chain_;
  const NodeLimits& limits_;
  const bool holds_others_;
  int number_ = 0;
  std::optional<CancelScope> scope_;
  std::optional<OwnTime> own_time_;
  bool is_expiry_taken_ = false;
};

/// Stops a node's own time for as long as it lives; `tries` may be null.
class Pause {
 public:
  explicit Pause(Tries* tries) : tries_(tries) {
    if (tries_) tries_->pause();
  }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;
  ~Pause() {
    if (tries_) tries_->resume();
  }

 private:
  Tries* tries_;
};

}  // namespace vnode
