#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/owned_fd.h"
#include "process/process_start.h"
#include "python/process/host_program.h"
#include "python/process/interpreter.h"

namespace vnode {

/// This program's ends of what leads to a host; all of them non-blocking.
struct HostConnection {
  OwnedFd channel;
  OwnedFd output;  ///< what it writes to descriptor 1
  OwnedFd errors;  ///< and 2
};

/// A host that has yet to be started (protocol.md, "Processes").
struct HostStart {
  ProcessStart process;
  HostConnection connection;
};

/// `grace`: what its nodes' programs get that outlive it. Errors: kIo when descriptors are used up.
Result<HostStart> make_host_start(const Interpreter& interpreter, Duration grace,
                                  const HostProgram& program = host_program());

}  // namespace vnode
