#include "apps/vnode/run_options.h"

#include <CLI/CLI.hpp>
#include <array>
#include <limits>
#include <utility>

#include "apps/vnode/option_values.h"
#include "apps/vnode/setting_options.h"

namespace vnode {
namespace {

void declare_output_options(CLI::App& app, RunSettings& settings) {
  declare_format_option(app, "What to write", settings.format);
  app.add_option("--events", settings.events, "Write the event stream there as well")->type_name("FILE|fd:N");
  app.add_option(
         "--output", settings.output,
         "Print that result as JSON on standard output after the run (the view goes to standard error)")
      ->type_name("NODE.PORT");
  app.add_flag("--exit-on-broken-pipe", settings.exit_on_broken_pipe,
               "Stop the run when the reader of the event stream goes away");
}

void declare_input_options(CLI::App& app, RunSettings& settings) {
  app.add_option("FILE", settings.file, "The workflow; - for standard input")->required();
  app.add_option(
         "-p,--param", settings.parameters,
         "Set a parameter (repeatable). NODE: instance id, name, or a node id that occurs once. VALUE: text "
         "for a text port, else JSON; @FILE takes it from a file")
      ->type_name("NODE.PORT=VALUE")
      ->allow_extra_args(false);
  app.add_option("--params-file", settings.params_file,
                 "Set parameters from YAML or JSON: {node: {port: value}}")
      ->type_name("FILE");
}

}  // namespace

void declare_format_option(CLI::App& app, const std::string& what, std::optional<OutputFormat>& format) {
  constexpr std::array<std::pair<const char*, OutputFormat>, 3> kFormats = {
      {{"ndjson", OutputFormat::kNdjson},
       {"pretty", OutputFormat::kPretty},
       {"quiet", OutputFormat::kQuiet}}};
  add_choice(app, "--format",
             what +
                 ": the event stream, a view for people, or errors only (default: pretty on a terminal, "
                 "ndjson otherwise)",
             kFormats, [&format](OutputFormat chosen) { format = chosen; });
}

void declare_run_options(CLI::App& app, RunSettings& settings) {
  declare_input_options(app, settings);
  declare_output_options(app, settings);
  declare_setting_options(app, settings.flags, kRunSettings);
  RunOptions& options = settings.options;
  add_duration(app, "--timeout", "Stop the run after that long: 300ms, 90s, 1.5h, 1d12h",
               [&options](Duration timeout) { options.timeout = timeout; });
  app.add_flag("--init-only", options.init_only, "End after the init phase");
  app.add_flag("--fail-fast", options.fail_fast, "The first failed node stops the run");
  constexpr std::array<std::pair<const char*, FailedInputs>, 2> kFailedInputs = {
      {{"skip", FailedInputs::kSkip}, {"default", FailedInputs::kDefault}}};
  add_choice(app, "--failed-inputs",
             "What nodes do whose source failed: be skipped, or run on the port's default", kFailedInputs,
             [&options](FailedInputs choice) { options.failed_inputs = choice; });
  add_number(app, "--seed", "N", "Makes random numbers repeatable", 0,
             std::numeric_limits<std::uint64_t>::max(),
             [&options](std::uint64_t seed) { options.seed = seed; });
}

}  // namespace vnode
