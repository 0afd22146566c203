#pragma once

#include <string_view>
#include <vector>

#include "model/node_definition.h"

namespace vnode {

// The outputs that every command node has.
inline constexpr std::string_view kStdout = "stdout";
inline constexpr std::string_view kStderr = "stderr";
inline constexpr std::string_view kExitCode = "exit_code";
inline constexpr std::string_view kSuccess = "success";
inline constexpr std::string_view kDuration = "duration";
inline constexpr std::string_view kExecOut = "exec_out";
inline constexpr std::string_view kExecFail = "exec_fail";

bool is_command_output(std::string_view port);

/// Adds those of them that the definition does not declare itself: the exec outputs in front of its own, the
/// others behind.
void add_command_outputs(std::vector<Port>& outputs);

}  // namespace vnode
