#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Validators.hpp>
#include <memory>

#include "apps/vnode/command_table.h"
#include "apps/vnode/node_types.h"
#include "apps/vnode/print.h"
#include "apps/vnode/problem_report.h"
#include "apps/vnode/terminal_text.h"
#include "apps/vnode/workflow_loading.h"
#include "base/text_file.h"
#include "model/json_writer.h"
#include "model/workflow_reader.h"
#include "validate/validate.h"

namespace vnode {
namespace {

struct ValidateSettings {
  std::vector<std::string> files;
  std::vector<std::string> node_folders;
  std::string format = "text";
  bool is_strict = false;
};

struct Verdict {
  std::string file;
  Problems problems;
  bool is_valid = false;
};

Verdict check_file(const std::string& file, const Registry& registry, bool is_strict) {
  Verdict verdict{file, {}};
  Result<TextFile> text = read_text_file(file);
  if (!text) {
    verdict.problems.push_back(file_problem(text.error()));
  } else {
    WorkflowReading reading = read_workflow(text->text);
    verdict.problems = std::move(reading.problems);
    if (!text->warning.empty())
      verdict.problems.push_back({Severity::kWarning, "encoding", "", text->warning});
    if (reading.workflow) {
      for (Problem& problem : validate(*reading.workflow, Graph(*reading.workflow), registry)) {
        verdict.problems.push_back(std::move(problem));
      }
    }
  }
  verdict.is_valid = is_strict ? verdict.problems.empty() : !has_errors(verdict.problems);
  return verdict;
}

std::string count_text(const Problems& problems, Severity severity, const std::string& word) {
  std::size_t count = 0;
  for (const Problem& problem : problems) count += problem.severity == severity ? 1 : 0;
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::string verdicts_text(const std::vector<Verdict>& verdicts) {
  std::string out;
  for (const Verdict& verdict : verdicts) {
    const std::string name = harmless_line(shown_name(verdict.file));
    out += problem_text(verdict.problems, name, wants_colour(STDOUT_FILENO));
    out += name + ": " + (verdict.is_valid ? "valid" : "not valid");
    if (!verdict.problems.empty()) {
      out += ", " + count_text(verdict.problems, Severity::kError, "error") + ", " +
             count_text(verdict.problems, Severity::kWarning, "warning");
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

ExitCode validate_files(const ValidateSettings& settings, Diagnostics& diagnostics) {
  const Registry registry = load_node_types(settings.node_folders);
  std::vector<Verdict> verdicts;
  ExitCode code = kExitSuccess;
  for (const std::string& file : settings.files) {
    verdicts.push_back(check_file(file, registry, settings.is_strict));
    if (!verdicts.back().is_valid) code = kExitInvalid;
  }
  const std::string report = settings.format == "json" ? verdicts_json(verdicts) : verdicts_text(verdicts);
  const ExitCode printed = print(report, diagnostics);
  return printed == kExitSuccess ? code : printed;
}

}  // namespace

CommandAction set_up_validate(CLI::App& app) {
  auto settings = std::make_shared<ValidateSettings>();
  app.add_option("FILE", settings->files, "Workflows; - for standard input")->required();
  app.add_option("-o,--format", settings->format, "text (default) or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--strict", settings->is_strict, "Warnings count as errors");
  app.add_option("--nodes", settings->node_folders,
                 "Load node definitions from that folder as well (repeatable)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->allow_extra_args(false);
  return [settings](Diagnostics& diagnostics) { return validate_files(*settings, diagnostics); };
}

}  // namespace vnode
