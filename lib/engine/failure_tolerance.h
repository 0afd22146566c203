#pragma once

namespace vnode {

/// What a map says to the failures in one of its bodies (rule 45). Thread rule: the thread that steps the
/// run.
class FailureTolerance {
 public:
  virtual ~FailureTolerance() = default;

  /// The body has failed; true if the map goes on over that, and it is none of the run's failures. The answer
  /// for one body stays the same.
  virtual bool tolerates_failure() = 0;
};

}  // namespace vnode
