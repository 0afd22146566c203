#pragma once

#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"

namespace vnode {

/// The program: finds the command, reads its options, does it.
ExitCode run_command_line(int argc, const char* const* argv, Diagnostics& diagnostics);

}  // namespace vnode
