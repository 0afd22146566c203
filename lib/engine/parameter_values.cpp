#include "engine/parameter_values.h"

#include <algorithm>

#include "base/spelling.h"
#include "engine/node_address.h"
#include "engine/overrides.h"

namespace vnode {
namespace {

void refuse_value(Problems& problems, std::string code, std::string message, std::string hint = {}) {
  problems.push_back({Severity::kError, std::move(code), "", std::move(message), std::move(hint)});
}

bool is_node(const Workflow& workflow, const std::string& word) {
  return !word.empty() &&
         std::any_of(workflow.nodes.begin(), workflow.nodes.end(), [&word](const NodeInstance& node) {
           return node.node_id == word || node_name(node) == word;
         });
}

void report_unknown(const WorkflowParameters& parameters, const Workflow& workflow, const std::string& name,
                    Problems& problems) {
  const std::vector<std::string> names = parameters.names();
  std::string hint;
  if (is_node(workflow, name)) {
    hint = "'" + name + "' is a node: write NODE.PORT=VALUE to set one of its inputs";
  } else if (names.empty()) {
    hint = "the workflow declares none; a node's input is set with NODE.PORT=VALUE";
  } else {
    hint = spelling_advice(name, names, "its parameters are");
  }
  refuse_value(problems, "unknown_parameter", "the workflow has no parameter '" + name + "'",
               std::move(hint));
}

Result<Value> value_of(const Parameter& parameter, const Override& override, Problems& problems) {
  if (const Value* value = std::get_if<Value>(&override.value)) return check_parameter(parameter, *value);
  const std::optional<std::string> text = override_text(override, problems);
  // (What is wrong with the file has been told.)
  if (!text) return Error{ErrorCode::kInvalidValue, ""};
  return parse_parameter_value(parameter, *text);
}

}  // namespace

Dict parameter_values(const WorkflowParameters& parameters, const Workflow& workflow,
                      const std::vector<Override>& overrides, Problems& problems) {
  Dict given;
  for (const Override& override : overrides) {
    if (!is_of_workflow(override)) continue;
    const Parameter* parameter = parameters.find(override.target);
    if (!parameter) {
      report_unknown(parameters, workflow, override.target, problems);
      continue;
    }
    Result<Value> value = value_of(*parameter, override, problems);
    if (!value) {
      if (!value.error().message.empty())
        refuse_value(problems, "bad_value",
                     "the parameter '" + parameter->name + "' " + value.error().message,
                     parameter->description);
      // It is not missing beside that.
      given.set(parameter->name, stand_in_for(*parameter));
      continue;
    }
    given.set(parameter->name, std::move(*value));
  }
  Dict values;
  for (const Parameter& parameter : parameters.declared()) {
    if (const Value* value = given.find(std::string_view(parameter.name))) {
      values.set(parameter.name, *value);
    } else if (parameter.must_be_given()) {
      refuse_value(problems, "missing_parameter",
                   "the parameter '" + parameter.name + "' has to be given" +
                       (parameter.description.empty() ? "" : ": " + parameter.description),
                   "add -p " + parameter.name + "=" +
                       (parameter.type == ParameterType::kText ? "TEXT" : "VALUE") + " (" +
                       std::string(parameter_type_name(parameter.type)) + ")");
    } else if (!parameter.default_value.is_unset()) {
      values.set(parameter.name, parameter.default_value);
    }
  }
  return values;
}

}  // namespace vnode
