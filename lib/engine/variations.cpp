#include "engine/variations.h"

#include <iterator>
#include <optional>
#include <utility>

#include "engine/parameter_values.h"
#include "model/workflow_reader.h"

namespace vnode {

Problems check_variations(std::string_view text, const Registry& registry, const PreparationRequest& request,
                          std::span<const Override> variations, std::vector<Dict>& parameters) {
  WorkflowReading reading = read_workflow(text);
  if (!reading.workflow) return std::move(reading.problems);
  Workflow& workflow = *reading.workflow;
  Problems problems;
  const WorkflowParameters declared = WorkflowParameters::read(workflow, problems);
  if (has_errors(problems)) return problems;
  problems.clear();
  std::optional<Part> part;
  if (!request.part.is_empty()) part = Part::find(workflow, registry, request.part, problems);
  std::vector<Override> overrides = request.overrides;
  overrides.emplace_back();
  parameters.reserve(variations.size());
  for (const Override& variation : variations) {
    problems.clear();
    overrides.back() = variation;
    parameters.push_back(parameter_values(declared, workflow, overrides, problems));
    // (It may stay set: the next one sets the same.)
    if (!is_of_workflow(variation)) {
      Problems refused = apply_overrides(workflow, registry, {variation}, part ? &*part : nullptr);
      problems.insert(problems.end(), std::make_move_iterator(refused.begin()),
                      std::make_move_iterator(refused.end()));
    }
    if (has_errors(problems)) return problems;
  }
  return {};
}

}  // namespace vnode
