#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/run_status.h"
#include "engine/plan.h"
#include "model/override.h"
#include "registry/registry.h"

namespace vnode {

/// What became of a workflow file on its way to a run.
struct LoadedWorkflow {
  std::shared_ptr<const Plan> plan;   ///< null when it was refused
  std::optional<Workflow> refused;    ///< as far as it could be read
  Problems problems;                  ///< errors why it was refused; warnings
  ExitCode exit_code = kExitSuccess;  ///< kExitInvalid, or kExitUsage when the overrides make no sense
};

/// Reads the file ("-": standard input), sets the parameters, and makes it ready to run. `path_map`: as the
/// run has it.
LoadedWorkflow load_workflow(const std::string& file, const Registry& registry,
                             const std::vector<Override>& overrides, const PathMap* path_map = nullptr);

/// A file that could not be read, as a problem.
Problem file_problem(const Error& error);

/// How a workflow file is called in messages.
std::string shown_name(const std::string& file);

}  // namespace vnode
