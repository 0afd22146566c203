#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace vnode {

/// That no output of a program is one of its inputs, by whatever name: an output that is opened first, or
/// grows while it is read, would destroy it. `outputs`: what is said of each ("--events"), and its path; a
/// path that is not there yet is none of the inputs. "fd:N" is what is open there, and as an input "-" is
/// standard input. Only plain files count. Errors: kUsage.
struct NamedOutput {
  std::string what;
  std::string path;
};
Result<void> check_overwritten_inputs(const std::vector<NamedOutput>& outputs,
                                      const std::vector<std::string>& inputs);

}  // namespace vnode
