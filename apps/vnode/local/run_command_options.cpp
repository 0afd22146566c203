#include "apps/vnode/local/run_command_options.h"

#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "apps/vnode/local/run_reports.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_options.h"

namespace vnode {
namespace {

void declare_output_options(CommandSpec& command, RunCommandOptions& settings) {
  declare_format_option(command, settings);
  add_text(command, "--events", settings.events, "FILE|fd:N", "Write the event stream there as well");
  add_texts(command, "--report", settings.reports, "FILE",
            "Make a report of the run there, of the format that the suffix says: " + report_suffixes() +
                " (repeatable)");
  declare_annotations(command, settings.ci);
  add_texts(command, "--output", settings.outputs, "NODE.PORT",
            "Print that result as JSON on standard output after the run (the view goes to standard error); "
            "repeatable");
  constexpr std::array<std::pair<const char*, ResultFormat>, 2> kResultFormats = {
      {{"lines", ResultFormat::kLines}, {"json", ResultFormat::kJson}}};
  add_choice(
      command, "--output-format", kResultFormats,
      "How results are printed: each on a line, or all as one object {NODE.PORT: value} (default: lines)",
      [&settings](ResultFormat chosen) { settings.output_format = chosen; });
  add_nonempty_text(command, "--journal", settings.journal, "FILE",
                    "Write down there what has been done, as a new file; vnode journal show FILE reads it");
  add_nonempty_text(
      command, "--resume", settings.resume, "FILE",
      "Go on from that journal: what it says is done is not done again; it goes on being written, unless "
      "--journal names a new one");
  add_nonempty_text(
      command, "--from", settings.from, "NODE",
      "With --resume: run that node and all behind it by wires again; all others have to be done");
  constexpr std::array<std::pair<const char*, FileCheck>, 3> kFileChecks = {
      {{"mtime", FileCheck::kTime}, {"size", FileCheck::kSize}, {"content", FileCheck::kContent}}};
  add_choice(command, "--file-check", kFileChecks,
             "With --resume: by what a file shows that it has changed: size and mtime (default), size alone, "
             "or what "
             "is in it (content: also with --journal, to write that down)",
             [&settings](FileCheck chosen) { settings.file_check = chosen; });
  add_text(command, "--logs", settings.logs, "DIR",
           "Put all that commands write there, beyond the limits of logs: a file an execution");
  add_switch(command, "--exit-on-broken-pipe", settings.exit_on_broken_pipe,
             "Stop the run when the reader of the event stream goes away");
}

void declare_input_options(CommandSpec& command, RunCommandOptions& settings) {
  add_text(command, "FILE", settings.file, "", "The workflow; - for standard input").is_required = true;
  declare_workflow_form(command, settings.form, settings.flags);
  add_texts(
      command, "-p,--param", settings.parameters, "[NODE.]NAME=VALUE",
      "Set a parameter of the workflow (NAME), or an input of a node (NODE.PORT; repeatable). NODE: instance "
      "id, name, or a node id that occurs once. VALUE: text for a text, else JSON; @FILE takes it from a "
      "file. "
      "'vnode inspect FILE' lists what can be set");
  add_text(command, "--params-file", settings.params_file, "FILE",
           "Set parameters from YAML or JSON: {name: value, node: {port: value}}");
  declare_secret_options(command, settings.secrets);
}

}  // namespace

void declare_format_option(CommandSpec& command, RunCommandOptions& settings) {
  constexpr std::array kFormats = {OutputFormat::kNdjson, OutputFormat::kPretty, OutputFormat::kQuiet};
  add_choice(
      command, "-o,--format", {"ndjson", "pretty", "quiet", "json"},
      "What to write: the event stream, a view for people, or errors only (default: pretty on a terminal, "
      "ndjson otherwise); with --dry-run json, or text",
      [&settings, kFormats](std::size_t chosen) {
        settings.is_json = chosen == kFormats.size();
        if (settings.is_json) return settings.format.reset();
        settings.format = kFormats[chosen];
      });
}

void declare_part_options(CommandSpec& command, std::vector<std::string>& targets, std::string& only,
                          std::vector<std::string>& skips) {
  add_texts(command, "--target", targets, "NODE[.PORT]",
            "Run what is needed for that, and nothing else (repeatable)");
  add_nonempty_text(
      command, "--only", only, "NODE",
      "Run that node alone, with the inputs that it has saved and those of -p; of run --resume: "
      "those that it had last");
  add_texts(command, "--skip", skips, "NODE", "Pass that node over, as if it were bypassed (repeatable)");
}

void declare_run_options(CommandSpec& command, RunCommandOptions& settings) {
  declare_input_options(command, settings);
  const std::size_t outputs = command.options.size();
  declare_output_options(command, settings);
  add_choice(
      command, "--progress", {"openjd", "deadline"},
      "Be the task of a farm: write how far the run is as its agent reads it, and logs as plain lines; "
      "the event stream only to --events",
      [&settings](std::size_t choice) { settings.farm = choice == 0 ? Farm::kOpenJd : Farm::kDeadline; });
  title_options(command, outputs, "What is written");
  declare_setting_options(command, settings.flags, kRunSettings);
  const std::size_t limits = command.options.size();
  RunOptions& options = settings.options;
  add_duration(command, "--timeout", "Stop the run after that long: 300ms, 90s, 1.5h, 1d12h",
               [&options](Duration timeout) { options.timeout = timeout; });
  add_node_limits(
      command, "--retries,--node-retries",
      {.timeout = [&options](Duration timeout) { options.limits.timeout = timeout; },
       .idle_timeout = [&options](Duration timeout) { options.limits.idle_timeout = timeout; },
       .retries = [&options](std::uint64_t retries) { options.limits.retries = static_cast<int>(retries); }});
  add_nonempty_text(
      command, "--executor", settings.executor, "NAME",
      "Where commands run whose nodes do not say so: one of 'executors' of vnode.yaml, or local");
  add_texts(
      command, "-r,--resource", settings.resources, "NAME=AMOUNT",
      "What nodes that need it may use together, such as license.houdini=1, gpu=0.5 or mem=8G (repeatable; "
      "cpus and mem: without it what the machine has)");
  title_options(command, limits, "Limits");
  const std::size_t part = command.options.size();
  add_switch(command, "-n,--dry-run", settings.is_dry,
             "Say what would run, in which order and with what, and run nothing");
  declare_part_options(command, settings.part.targets, settings.part.only, settings.part.skips);
  add_switch(command, "--init-only", options.init_only, "End after the init phase");
  add_switch(command, "--fail-fast", options.fail_fast, "The first failed node stops the run");
  constexpr std::array<std::pair<const char*, FailedInputs>, 2> kFailedInputs = {
      {{"skip", FailedInputs::kSkip}, {"default", FailedInputs::kDefault}}};
  add_choice(command, "--failed-inputs", kFailedInputs,
             "What nodes do whose source failed: be skipped, or run on the port's default",
             [&options](FailedInputs choice) { options.failed_inputs = choice; });
  add_number(command, "--seed", "N", "Makes random numbers repeatable", 0,
             std::numeric_limits<std::uint64_t>::max(),
             [&options](std::uint64_t seed) { options.seed = seed; });
  title_options(command, part, "What is run");
}

}  // namespace vnode
