#pragma once

#include <string_view>

#include "apps/vnode/terminal/diagnostics.h"
#include "apps/vnode/terminal/terminal.h"
#include "base/error.h"
#include "base/run_status.h"

namespace vnode {

/// Writes a command's data to standard output; kExitOutputFailed with a message when it cannot be written.
ExitCode print(std::string_view text, Diagnostics& diagnostics);

/// Tells an error in what the program was asked to do; returns kExitUsage.
ExitCode report_usage_error(const Error& error, Diagnostics& diagnostics);

/// "cannot write to WHERE: WHY" as an error; returns kExitOutputFailed.
ExitCode report_output_failure(std::string_view where, std::string_view why, Diagnostics& diagnostics);

}  // namespace vnode
