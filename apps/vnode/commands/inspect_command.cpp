#include <unistd.h>

#include <memory>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/show/workflow_inspection.h"
#include "apps/vnode/terminal/print.h"
#include "engine/node_address.h"
#include "model/json_writer.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

struct InspectSettings {
  std::string file;
  std::string node;
  std::string format = "text";
  WorkflowForm form = WorkflowForm::kBySuffix;
  SettingFlags flags;
};

void tell(const Problems& problems, const std::string& file) {
  if (!problems.empty()) write_to_stderr(problem_text(problems, file, wants_colour(STDERR_FILENO)));
}

/// Only what keeps the file from being read, or its parameters from being understood, is an error here; the
/// rest is for `validate`.
ExitCode inspect(const InspectSettings& settings, Diagnostics& diagnostics) {
  const Result<Settings> in_force = Settings::load(settings.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics);
  const std::string shown = shown_name(settings.file);
  const NodeTypes types = load_node_types(*in_force);
  const Result<WorkflowSource> source =
      read_workflow_source(settings.file, {.form = settings.form, .encoding = in_force->encoding()},
                           [&types]() -> const Registry& { return types.registry; });
  if (!source || has_errors(source->problems)) {
    tell(source ? source->problems : Problems{file_problem(source.error())}, shown);
    return kExitInvalid;
  }
  tell(source->problems, shown);
  WorkflowReading reading = read_workflow(source->text);
  Problems problems = std::move(reading.problems);
  source->add_places(problems);
  if (!reading.workflow) {
    tell(problems, shown);
    return kExitInvalid;
  }
  const Workflow& workflow = *reading.workflow;
  const WorkflowParameters parameters = WorkflowParameters::read(workflow, problems);
  const ExitCode code = has_errors(problems) ? kExitInvalid : kExitSuccess;
  tell(problems, shown);
  const Graph graph(workflow);
  WorkflowInspection inspection{shown, workflow, graph, parameters, types.registry};
  if (!settings.node.empty()) {
    Problems unknown;
    const std::optional<NodeAddress> node = resolve_address(workflow, settings.node, "", unknown);
    tell(unknown, "");
    if (!node) return kExitUsage;
    inspection.only = static_cast<NodeIndex>(node->node);
  }
  std::string out;
  if (settings.format == "json") {
    append_json_pretty(out, inspection_value(inspection), 2, NonFinite::kQuoted);
    out += "\n";
  } else {
    out = inspection_text(inspection);
  }
  const ExitCode printed = print(out, diagnostics);
  return printed == kExitSuccess ? code : printed;
}

}  // namespace

void set_up_inspect(CommandSpec& command) {
  auto settings = std::make_shared<InspectSettings>();
  add_text(command, "FILE", settings->file, "", "The workflow; - for standard input").is_required = true;
  add_nonempty_text(command, "--node", settings->node, "NODE", "That node alone");
  add_choice(command, "-o,--format", settings->format, {"text", "json"}, "text (default) or json");
  declare_workflow_form(command, settings->form, settings->flags);
  declare_setting_options(command, settings->flags, kNodeTypeSettings);
  command.action = [settings](Diagnostics& diagnostics) { return inspect(*settings, diagnostics); };
}

}  // namespace vnode
