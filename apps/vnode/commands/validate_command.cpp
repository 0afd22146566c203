#include <unistd.h>

#include <iterator>
#include <memory>
#include <optional>

#include "apps/vnode/ci/annotations.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/nodes/used_definitions.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/params_file.h"
#include "apps/vnode/settings/path_map_file.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/terminal/ci_commands.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/text_file.h"
#include "engine/overrides.h"
#include "engine/parameter_values.h"
#include "model/json_escape.h"
#include "model/json_writer.h"
#include "model/workflow_reader.h"
#include "validate/validate.h"

namespace vnode {
namespace {

struct ValidateSettings {
  std::vector<std::string> files;
  std::vector<std::string> parameters;  ///< NODE.PORT=VALUE
  std::string params_file;
  WorkflowForm form = WorkflowForm::kBySuffix;
  SettingFlags flags;

  bool has_parameters() const { return !parameters.empty() || !params_file.empty(); }
  bool loads = false;
  bool is_for_journal = false;
  std::string format = "text";
  bool is_strict = false;
  CiOptions ci;
};

struct Verdict {
  std::string file;
  Problems problems;
  std::optional<Workflow> workflow;  ///< as far as it could be read
  std::shared_ptr<const YamlPlaces> places = nullptr;
  bool is_valid = false;
  bool is_refused = false;  ///< over the parameters that it was to be given
};

void add_problems(Verdict& verdict, Problems problems) {
  if (verdict.places) verdict.places->add_to(problems);
  std::move(problems.begin(), problems.end(), std::back_inserter(verdict.problems));
}

/// What the texts of a file become (engine rule 47): with the values that were given, as a run has them, or
/// else with the defaults, and something of the type where there is none.
void fill_parameters(Verdict& verdict, const std::vector<Override>& overrides, bool are_given,
                     const Registry& registry) {
  if (!verdict.workflow) return;
  Workflow& workflow = *verdict.workflow;
  Problems found;
  const WorkflowParameters parameters = WorkflowParameters::read(workflow, found);
  add_problems(verdict, std::move(found));
  if (has_errors(verdict.problems)) return;
  Problems refused;
  Dict values;
  if (are_given) {
    values = parameter_values(parameters, workflow, overrides, refused);
  } else {
    for (const Parameter& parameter : parameters.declared())
      values.set(parameter.name, stand_in_for(parameter));
  }
  parameters.fill(workflow, values);
  if (are_given) {
    Problems overridden = apply_overrides(workflow, registry, overrides);
    std::move(overridden.begin(), overridden.end(), std::back_inserter(refused));
  }
  verdict.is_refused = has_errors(refused);
  add_problems(verdict, std::move(refused));
}

Verdict read_file(const std::string& file, const WorkflowReadingOptions& options, const Registry& registry) {
  Verdict verdict{file, {}, {}};
  Result<WorkflowSource> source =
      read_workflow_source(file, options, [&registry]() -> const Registry& { return registry; });
  if (!source) {
    verdict.problems.push_back(file_problem(source.error()));
    return verdict;
  }
  verdict.places = source->places;
  if (!has_errors(source->problems)) {
    WorkflowReading reading = read_workflow(source->text);
    add_problems(verdict, std::move(reading.problems));
    verdict.workflow = std::move(reading.workflow);
  }
  add_problems(verdict, std::move(source->problems));
  return verdict;
}

/// All files are read first, so that each definition is loaded once.
std::optional<UsedDefinitions> load_definitions(const NodeTypes& types, const std::vector<Verdict>& verdicts,
                                                bool for_journals) {
  std::vector<const Workflow*> workflows;
  for (const Verdict& verdict : verdicts) {
    if (verdict.workflow) workflows.push_back(&*verdict.workflow);
  }
  return UsedDefinitions(types, workflows, for_journals);
}

std::string problem_count_text(const Problems& problems, Severity severity, const std::string& word) {
  const std::size_t count = count_problems(problems, severity);
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::string verdicts_text(const std::vector<Verdict>& verdicts) {
  std::string out;
  for (const Verdict& verdict : verdicts) {
    const std::string name = harmless_line(shown_name(verdict.file));
    out += problem_text(verdict.problems, name, wants_colour(STDOUT_FILENO));
    out += name + ": " + (verdict.is_valid ? "valid" : "not valid");
    if (!verdict.problems.empty()) {
      out += ", " + problem_count_text(verdict.problems, Severity::kError, "error") + ", " +
             problem_count_text(verdict.problems, Severity::kWarning, "warning");
      if (count_problems(verdict.problems, Severity::kNote) > 0) {
        out += ", " + problem_count_text(verdict.problems, Severity::kNote, "note");
      }
    }
    out += "\n";
  }
  return out;
}

std::string verdicts_json(const std::vector<Verdict>& verdicts) {
  std::vector<Value> files;
  for (const Verdict& verdict : verdicts) {
    std::vector<Value> problems;
    for (const Problem& problem : verdict.problems) problems.push_back(problem_value(problem));
    files.push_back(Value(Dict{{"file", Value(verdict.file)},
                               {"valid", Value(verdict.is_valid)},
                               {"problems", Value::list(std::move(problems))}}));
  }
  std::string out;
  append_json_pretty(out, Value(Dict{{"files", Value::list(std::move(files))}}), 2, NonFinite::kQuoted);
  return out + "\n";
}

/// For a CI server: where in the files it is.
std::string annotations_text(CiSystem system, const std::vector<Verdict>& verdicts) {
  Annotations annotations(system);
  for (const Verdict& verdict : verdicts) {
    if (verdict.problems.empty()) continue;
    const bool is_file = verdict.file != "-";
    const Result<TextFile> text = is_file ? read_text_file(verdict.file) : Result<TextFile>(TextFile());
    for (const Problem& problem : verdict.problems)
      annotations.add(problem, is_file ? verdict.file : "", text ? text->text : "");
  }
  return annotations.text();
}

ExitCode tell_verdicts(const ValidateSettings& settings, const std::vector<Verdict>& verdicts,
                       Diagnostics& diagnostics) {
  const bool is_json = settings.format == "json";
  std::string report = is_json ? verdicts_json(verdicts) : verdicts_text(verdicts);
  if (settings.ci.has_command_reader()) {
    if (is_json) {
      escape_double_number_signs(report);
    } else {
      report = without_ci_commands(report);
    }
  }
  const std::string annotations = annotations_text(settings.ci.system(), verdicts);
  const ExitCode printed = print(is_json ? report : report + annotations, diagnostics);
  if (is_json && !annotations.empty()) write_to_stderr(annotations);
  return printed;
}

std::vector<KnownExecutor> known_executors(const ExecutorSet& executors) {
  std::vector<KnownExecutor> known;
  for (const std::string& name : executors.names()) {
    const auto wrap = executors.find(name).value();
    known.push_back({.name = name, .is_stoppable = !wrap || !wrap->stop.is_empty()});
  }
  return known;
}

ExitCode validate_files(const ValidateSettings& settings, Diagnostics& diagnostics) {
  const Result<Settings> in_force = Settings::load(settings.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics);
  const Result<std::shared_ptr<const PathMap>> path_map = load_path_map(*in_force);
  if (!path_map) return report_usage_error(path_map.error(), diagnostics);
  const Result<std::vector<Override>> overrides = read_parameters(settings.params_file, settings.parameters);
  if (!overrides) return report_usage_error(overrides.error(), diagnostics);
  const NodeTypes types = load_node_types(*in_force);
  warn_of_missing_folders(types.registry, diagnostics);
  std::vector<Verdict> verdicts;
  const WorkflowReadingOptions options{.form = settings.form, .encoding = in_force->encoding()};
  for (const std::string& file : settings.files) {
    verdicts.push_back(read_file(file, options, types.registry));
    fill_parameters(verdicts.back(), *overrides, settings.has_parameters(), types.registry);
  }
  std::optional<UsedDefinitions> loaded;
  if (settings.loads || settings.is_for_journal)
    loaded = load_definitions(types, verdicts, settings.is_for_journal);
  const std::vector<KnownExecutor> executors = known_executors(in_force->executors());
  ExitCode code = kExitSuccess;
  for (Verdict& verdict : verdicts) {
    if (verdict.workflow) {
      const Registry& registry = loaded ? loaded->registry() : types.registry;
      if (loaded) add_problems(verdict, loaded->problems(*verdict.workflow));
      if (loaded) add_problems(verdict, loaded->repeated_work(*verdict.workflow));
      const Graph graph(*verdict.workflow);
      add_problems(verdict, validate(*verdict.workflow, graph, registry, path_map->get()));
      add_problems(verdict, validate_executors(*verdict.workflow, graph, registry, executors));
    }
    const bool is_warned = count_problems(verdict.problems, Severity::kWarning) > 0;
    verdict.is_valid = !has_errors(verdict.problems) && !(settings.is_strict && is_warned);
    if (!verdict.is_valid && code != kExitUsage) code = kExitInvalid;
    if (verdict.is_refused) code = kExitUsage;
  }
  const ExitCode printed = tell_verdicts(settings, verdicts, diagnostics);
  return printed == kExitSuccess ? code : printed;
}

}  // namespace

void set_up_validate(CommandSpec& command) {
  auto settings = std::make_shared<ValidateSettings>();
  add_texts(command, "FILE", settings->files, "", "Workflows; - for standard input").is_required = true;
  add_texts(command, "-p,--param", settings->parameters, "[NODE.]NAME=VALUE",
            "A parameter that the run will be given, as with 'run' (repeatable)");
  add_text(command, "--params-file", settings->params_file, "FILE", "The same from YAML or JSON");
  declare_workflow_form(command, settings->form, settings->flags);
  add_choice(command, "-o,--format", settings->format, {"text", "json"}, "text (default) or json");
  add_switch(command, "--strict", settings->is_strict, "Warnings count as errors, notes do not");
  add_switch(
      command, "--load", settings->loads,
      "Load the Python definitions that are used (imports run): those that do not load are errors, and wires "
      "are checked against the ports that instances really have");
  add_switch(
      command, "--journal", settings->is_for_journal,
      "Also name Python nodes that do work again when a run that was cut off is resumed; loads as --load "
      "does");
  declare_annotations(command, settings->ci);
  declare_setting_options(command, settings->flags, kValidationSettings);
  command.action = [settings](Diagnostics& diagnostics) { return validate_files(*settings, diagnostics); };
}

}  // namespace vnode
