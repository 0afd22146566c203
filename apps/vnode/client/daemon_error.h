#pragma once

#include <string_view>

#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"
#include "client/client.h"
#include "model/problem.h"

namespace vnode {

/// The exit code (cli.md) for a call that failed.
ExitCode exit_code_of(const CallError& error);

/// The call may succeed when it is made again a little later, perhaps to the next daemon.
bool is_passing(const CallError& error);

/// What to do about it; empty where the message says it.
std::string_view advice_on(const CallError& error);

/// `data.problems`, as `validate` reports them.
Problems problems_in(const Value& answer);

/// Tells people; `file` is what its problems are about. Returns the exit code.
ExitCode report_call_error(const CallError& error, std::string_view file, Diagnostics& diagnostics);

}  // namespace vnode
