#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/vnode/local/workflow_source.h"
#include "base/error.h"
#include "base/run_status.h"
#include "engine/preparation.h"
#include "registry/registry.h"

namespace vnode {

/// What became of a workflow file on its way to a run.
struct LoadedWorkflow {
  std::shared_ptr<const Plan> plan;   ///< null when it was refused
  std::optional<Workflow> refused;    ///< as far as it could be read
  Problems problems;                  ///< errors why it was refused; warnings
  ExitCode exit_code = kExitSuccess;  ///< kExitInvalid, or kExitUsage when what was asked for makes no sense
  std::size_t nodes_in_file = 0;      ///< of which a part may be left out
  Dict parameters = {};               ///< of the workflow itself, with their values in this run
};

/// Reads the file ("-": standard input), sets the parameters, and makes it, or the part that is asked for,
/// ready to run.
LoadedWorkflow load_workflow(const std::string& file, const Registry& registry,
                             const PreparationRequest& request, const WorkflowReadingOptions& reading = {});

/// A file that could not be read, as a problem.
Problem file_problem(const Error& error);

/// How a workflow file is called in messages.
std::string shown_name(const std::string& file);

}  // namespace vnode
