#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "executor/executor_set.h"
#include "node/node_runtime.h"
#include "process/process_start.h"

namespace vnode {

/// What ends a process that is behind the words of an executor; empty: nothing is known to.
struct WrapStop {
  std::vector<std::string> terminate;  ///< which asks it to end
  std::vector<std::string> kill;
};

/// Puts the words of an executor around a process that is about to start. `own_variables`: names of those
/// that the node, or commands before it, have set. `name`: unique. kInvalidValue, in words, where they do not
/// go together.
Result<WrapStop> wrap_start(const WrapExecutor& executor, const InstanceRequest& request,
                            const std::vector<std::string>& own_variables, const std::string& name,
                            ProcessStart& start);

}  // namespace vnode
