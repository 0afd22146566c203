#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command/command_call.h"
#include "command/command_definition.h"

namespace vnode {

/// One execution of a command, with the values of its inputs in it: they may change while it runs.
struct CommandPlan {
  std::shared_ptr<const CommandDefinition> definition;
  CommandCall call;
  std::vector<int> exit_codes = {0};
  std::vector<std::string> files = {};         ///< that it has to write
  bool is_fresh = true;                        ///< and not only to leave there
  std::vector<std::string> output_paths = {};  ///< of the definition's `outputs`; empty where they have none
  std::optional<double> progress_total = std::nullopt;
};

/// kInvalidValue, in words, where the values do not make a command.
Result<CommandPlan> plan_command(std::shared_ptr<const CommandDefinition> definition,
                                 const ValueOf& value_of);

}  // namespace vnode
