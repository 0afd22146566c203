#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command/command_plan.h"
#include "node/node_type.h"

namespace vnode {

/// `run_command`, the node for any command (rules.md, rule 9), executed by that runtime (`CommandRuntime`).
NodeType run_command_type(std::shared_ptr<NodeRuntime> runtime);

/// What the node executes. `further`: the names of its instance's further inputs. kInvalidValue, in words,
/// where the values do not make a command.
Result<CommandPlan> plan_run_command(const std::vector<std::string>& further, const ValueOf& value_of);

/// The inputs that an instance has beyond the node's own: names that are saved or wired, but no port's, and
/// none that editors keep for themselves (`__...`).
std::vector<std::string> further_inputs(const NodeDefinition& definition, const Dict& saved,
                                        const std::vector<std::string>& wired);

}  // namespace vnode
