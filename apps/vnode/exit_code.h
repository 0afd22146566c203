#pragma once

namespace vnode {

/// Every exit code of the program. A run's own code comes with its outcome and is one of these.
enum ExitCode : int {
  kExitSuccess = 0,
  kExitNodeFailed = 1,  ///< a node failed or was skipped
  kExitUsage = 2,       ///< wrong usage
  kExitInvalid = 3,     ///< the workflow is missing, unreadable or invalid; nothing ran
  kExitNoDaemon = 4,
  kExitInterrupted = 5,
  kExitOutputFailed = 6,  ///< the output could not be written (not: its reader went away)
  kExitTimeout = 124,
  kExitInternal = 125,  ///< a bug in vnode itself
  kExitCancelled = 130,
  kExitTerminated = 143,
};

}  // namespace vnode
