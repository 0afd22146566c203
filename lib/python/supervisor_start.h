#pragma once

#include "base/error.h"
#include "base/owned_fd.h"
#include "python/child_process.h"
#include "python/host_program.h"
#include "python/interpreter.h"

namespace vnode {

/// A supervisor process that has been started, with our ends of what leads to it; both non-blocking.
struct StartedSupervisor {
  ChildProcess process;
  OwnedFd control;
  OwnedFd errors;  ///< what it writes to descriptors 1 and 2
};

/// Starts the process with the command line of protocol.md; does not wait.
/// Errors: those of ChildProcess::start; kIo when descriptors are used up.
Result<StartedSupervisor> start_supervisor(const Interpreter& interpreter, const HostProgram& program);

}  // namespace vnode
