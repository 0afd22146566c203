#include <unistd.h>

#include <memory>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/farm/needed_resources.h"
#include "apps/vnode/farm/openjd_template.h"
#include "apps/vnode/local/document_output.h"
#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/run_resources.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal.h"
#include "model/json_writer.h"
#include "model/workflow_parameters.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

struct ExportSettings {
  std::string form_of_farm;
  std::string file;
  std::string target;
  std::string map;
  std::string name;
  std::vector<std::string> resources;
  OpenJdJob job;
  WorkflowForm form = WorkflowForm::kBySuffix;
  SettingFlags flags;
};

/// The workflow as JSON, with its parameters; false, and told, when there is none.
bool read_job(ExportSettings& settings, const Settings& in_force) {
  std::optional<NodeTypes> types;
  const RegistrySource registry = [&]() -> const Registry& {
    if (!types) types = load_node_types(in_force);
    return types->registry;
  };
  const auto tell = [&settings](const Problems& problems) {
    if (!problems.empty())
      write_to_stderr(problem_text(problems, shown_name(settings.file), wants_colour(STDERR_FILENO)));
    return !has_errors(problems);
  };
  Result<WorkflowSource> source =
      read_workflow_source(settings.file, {.form = settings.form, .encoding = in_force.encoding()}, registry);
  if (!source) return tell({file_problem(source.error())});
  if (!tell(source->problems)) return false;
  WorkflowReading reading = read_workflow(source->text);
  Problems problems = std::move(reading.problems);
  WorkflowParameters parameters;
  if (reading.workflow) parameters = WorkflowParameters::read(*reading.workflow, problems);
  source->add_places(problems);
  if (!tell(problems) || !reading.workflow) return false;
  settings.job.parameters = parameters.declared();
  settings.job.document = std::move(source->text);
  Dict values;
  for (const Parameter& parameter : parameters.declared())
    values.set(parameter.name, stand_in_for(parameter));
  parameters.fill(*reading.workflow, values);
  settings.job.needed = most_needed(*reading.workflow, registry(), in_force.limits());
  return true;
}

std::string stem_of(const std::string& file) {
  const std::string name = file.substr(file.rfind('/') + 1);
  return file == "-" ? "workflow" : name.substr(0, name.rfind('.'));
}

ExitCode export_job(ExportSettings& settings, Diagnostics& diagnostics) {
  const Result<Settings> in_force = Settings::load(settings.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics);
  OpenJdJob& job = settings.job;
  for (const std::string& text : settings.resources) {
    const Result<NamedAmount> amount = parse_resource(text);
    if (!amount) return report_usage_error(amount.error(), diagnostics);
    job.resources[amount->first] = amount->second;
  }
  const std::size_t equals = settings.map.find('=');
  job.map = settings.map.substr(0, equals);
  if (equals != std::string::npos) job.values = settings.map.substr(equals + 1);
  job.grace = in_force->grace();
  job.name = settings.name.empty() ? stem_of(settings.file) : settings.name;
  if (!read_job(settings, *in_force)) return kExitInvalid;
  const Result<OpenJdTemplate> made = make_openjd_template(job);
  if (!made) return report_usage_error(made.error(), diagnostics);
  for (const std::string& note : made->notes) diagnostics.warning(note);
  std::string text;
  append_json_pretty(text, made->document, 2, NonFinite::kQuoted);
  DocumentOutput output(settings.target);
  if (const ExitCode code = output.open(diagnostics); code != kExitSuccess) return code;
  output.write(text + "\n");
  return output.close(diagnostics);
}

}  // namespace

void set_up_export(CommandSpec& command) {
  auto settings = std::make_shared<ExportSettings>();
  OpenJdJob& job = settings->job;
  add_choice(command, "FORM", settings->form_of_farm, {"openjd"},
             "openjd: a job template of Open Job Description")
      .is_required = true;
  add_text(command, "FILE", settings->file, "", "The workflow; - for standard input").is_required = true;
  add_text(command, "--to", settings->target, "FILE", "Where it goes (default: standard output)");
  add_nonempty_text(command, "--map", settings->map, "NAME=VALUES",
                    "A task for each value of this parameter (the name alone: of its default): a frame "
                    "range, which who submits the job can set, "
                    "or names with commas between them");
  add_number(command, "--chunk", "N", "So many frames in one task (default: 1)", 1, 1'000'000,
             [&job](std::uint64_t size) { job.chunk = static_cast<std::size_t>(size); });
  add_nonempty_text(command, "--name", settings->name, "TEXT", "Of the job (default: the file's)");
  add_duration(command, "--timeout", "End a task after that long: 90s, 1.5h",
               [&job](Duration timeout) { job.timeout = timeout; });
  add_texts(command, "-r,--resource", settings->resources, "NAME=AMOUNT",
            "What a host has to have (default: what nodes need): cpus=4, mem=8G, gpu=1, "
            "license.houdini=1 (repeatable)");
  declare_workflow_form(command, settings->form, settings->flags);
  declare_setting_options(command, settings->flags, kNodeTypeSettings);
  command.action = [settings](Diagnostics& diagnostics) { return export_job(*settings, diagnostics); };
}

}  // namespace vnode
