#pragma once

#include "apps/vnode/diagnostics.h"
#include "apps/vnode/exit_code.h"

namespace vnode {

/// The program: finds the command, reads its options, does it.
ExitCode run_command_line(int argc, const char* const* argv, Diagnostics& diagnostics);

}  // namespace vnode
