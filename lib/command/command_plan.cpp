#include "command/command_plan.h"

#include "command/output_values.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// No progress is told where the total is none.
std::optional<double> total_of(const ProgressRule& rule, const ValueOf& value_of) {
  const std::string* port = rule.total.lone_port();
  if (port) {
    const Result<double> number = to_float(value_of(*port));
    return number ? std::optional(*number) : std::nullopt;
  }
  const Result<std::string> text = rule.total.fill(value_of);
  if (!text || text->empty()) return std::nullopt;
  const Result<double> number = to_float(Value(*text));
  return number ? std::optional(*number) : std::nullopt;
}

}  // namespace

Result<CommandPlan> plan_command(std::shared_ptr<const CommandDefinition> definition,
                                 const ValueOf& value_of) {
  Result<CommandCall> call = make_call(*definition, value_of);
  if (!call) return call.error();
  CommandPlan plan{definition, std::move(*call)};
  plan.exit_codes = definition->success.exit_codes;
  plan.is_fresh = definition->success.is_fresh;
  for (const TextTemplate& file : definition->success.files) {
    Result<std::string> path = file.fill(value_of);
    if (!path) return path.error();
    plan.files.push_back(std::move(*path));
  }
  for (const OutputSource& source : definition->outputs) {
    Result<std::string> path =
        source.path.fill(value_of, source.kind == OutputSource::Kind::kGlob ? escape_glob : nullptr);
    if (!path) return path.error();
    plan.output_paths.push_back(std::move(*path));
  }
  if (definition->progress) plan.progress_total = total_of(*definition->progress, value_of);
  return plan;
}

}  // namespace vnode
