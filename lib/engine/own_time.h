#pragma once

#include <optional>

#include "engine/cancel_scope.h"
#include "engine/scheduler.h"
#include "node/node_limits.h"

namespace vnode {

/// The time that a node has taken for itself in one try, against its limits (rule 36): it stands still while
/// somebody else is at work, while the node waits for its turn at something, and while the run is paused.
/// When a limit has passed the try's scope is cancelled. Thread rule: the thread that steps the run.
class OwnTime final : private Alarm {
 public:
  /// Begins to run. All outlive it.
  OwnTime(Scheduler& scheduler, CancelScope& scope, const NodeLimits& limits);
  ~OwnTime() override;

  /// Nested: as many resumes as pauses. A pause is a sign of life: something that it waits for goes on.
  void pause();
  /// A pause that is none: the node is held up.
  void hold();
  void resume();
  /// A sign of life.
  void touch();
  /// Looks whether a limit has passed: for code that never gives way.
  void look();
  /// From now on none passes.
  void end();

  /// The limit that has passed, if one has.
  std::optional<NodeFailure> expiry() const;

 private:
  void ring() override;
  void arm();
  Duration own() const;

  Scheduler& scheduler_;
  CancelScope& scope_;
  const NodeLimits& limits_;
  Duration before_{};     ///< up to the last resume
  SteadyTime resumed_;    ///< when it runs
  Duration last_sign_{};  ///< of its own time
  int pauses_ = 0;
  bool is_over_ = false;
  enum class Passed { kNone, kTimeout, kIdleTimeout } passed_ = Passed::kNone;
};

}  // namespace vnode
