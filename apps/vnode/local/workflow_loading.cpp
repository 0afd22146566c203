#include "apps/vnode/local/workflow_loading.h"

#include <iterator>

#include "engine/preparation.h"
#include "model/workflow_reader.h"

namespace vnode {

Problem file_problem(const Error& error) {
  std::string hint;
  if (error.code == ErrorCode::kNotFound) hint = "check the path; it is relative to the current folder";
  return {Severity::kError, std::string(code_name(error.code)), error.place.pointer, error.message,
          std::move(hint)};
}

std::string shown_name(const std::string& file) { return file == "-" ? "standard input" : file; }

LoadedWorkflow load_workflow(const std::string& file, const Registry& registry,
                             const PreparationRequest& request, const WorkflowReadingOptions& reading) {
  LoadedWorkflow loaded;
  Result<WorkflowSource> source =
      read_workflow_source(file, reading, [&registry]() -> const Registry& { return registry; });
  if (!source || has_errors(source->problems)) {
    loaded.exit_code = kExitInvalid;
    loaded.problems = source ? std::move(source->problems) : Problems{file_problem(source.error())};
    return loaded;
  }
  Preparation preparation = prepare(source->text, registry, request);
  loaded.plan = std::move(preparation.plan);
  loaded.parameters = std::move(preparation.parameters);
  loaded.nodes_in_file = preparation.nodes_in_file;
  loaded.problems = std::move(preparation.problems);
  if (preparation.is_override_refused) {
    loaded.exit_code = kExitUsage;
    return loaded;
  }
  source->add_places(loaded.problems);
  std::move(source->problems.begin(), source->problems.end(), std::back_inserter(loaded.problems));
  if (!loaded.plan) {
    // The plan has taken the workflow; a refusal is rare enough to read it once more.
    loaded.refused = read_workflow(source->text).workflow;
    loaded.exit_code = kExitInvalid;
  }
  return loaded;
}

}  // namespace vnode
