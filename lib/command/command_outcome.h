#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/command_output.h"
#include "command/command_plan.h"
#include "command/expected_files.h"
#include "model/value.h"
#include "process/process_start.h"

namespace vnode {

/// What one execution of a command came to.
struct CommandOutcome {
  struct Failure {
    std::string code;  ///< stable word: rules.md, rule 7
    std::string message;
  };

  int exit_code = 0;  ///< 128 + n for a signal; 126 or 127 when it was not started
  std::optional<Failure> failure = std::nullopt;
  std::vector<Value> outputs =
      {};                   ///< of the definition's `outputs`, in their order; None where they have none
  std::string text = {};    ///< of standard output
  std::string errors = {};  ///< of standard error
};

/// A command whose inputs do not make one, or that cannot even be asked for.
CommandOutcome refused_command(const CommandDefinition& definition, std::string message);

/// A process that has ended: whether that was a success, and the values of its outputs. Looks at files.
/// `directory`: of the command, absolute.
CommandOutcome judge_command(const CommandPlan& plan, const std::string& directory, const ProcessEnd& end,
                             const CommandOutput& output, const ExpectedFiles& files);

}  // namespace vnode
