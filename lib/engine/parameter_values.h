#pragma once

#include <vector>

#include "model/override.h"
#include "model/problem.h"
#include "model/workflow_parameters.h"

namespace vnode {

/// The values of a workflow's own parameters in one run (rule 47): what the overrides say of them, the last
/// one of a name wins, else their defaults; without either a parameter is left out. Overrides of nodes are
/// passed over. Errors: unknown_parameter, missing_parameter, bad_value (another type, out of range, no
/// option). `workflow` is for advice only.
Dict parameter_values(const WorkflowParameters& parameters, const Workflow& workflow,
                      const std::vector<Override>& overrides, Problems& problems);

}  // namespace vnode
