#include "apps/vnode/run_options.h"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "apps/vnode/setting_options.h"
#include "base/duration_text.h"
#include "base/text.h"

namespace vnode {
namespace {

/// An option whose value is one word of a few.
template <class Choice, std::size_t N, class Store>
void add_choice(CLI::App& app, const std::string& name, const std::string& help,
                const std::array<std::pair<const char*, Choice>, N>& choices, Store store) {
  std::string words;
  for (const auto& [word, choice] : choices) words += (words.empty() ? "" : "|") + std::string(word);
  app.add_option_function<std::string>(
         name,
         [=](const std::string& text) {
           std::vector<std::string> known;
           for (const auto& [word, choice] : choices) {
             if (text == word) return store(choice);
             known.emplace_back(word);
           }
           const std::string nearest = nearest_word(text, known);
           throw CLI::ValidationError(name, "'" + text + "' is none of " + words +
                                                (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
         },
         help)
      ->type_name(words);
}

/// An option whose value is a whole number within limits. (CLI11 lets unsigned numbers wrap around.)
template <class Store>
void add_number(CLI::App& app, const std::string& names, const std::string& type, const std::string& help,
                std::uint64_t least, std::uint64_t most, Store store) {
  app.add_option_function<std::string>(
         names,
         [=](const std::string& text) {
           std::uint64_t number = 0;
           const char* end = text.data() + text.size();
           const auto parsed = std::from_chars(text.data(), end, number);
           if (parsed.ec != std::errc() || parsed.ptr != end || number < least || number > most) {
             throw CLI::ValidationError(names, "'" + text + "' is no whole number from " +
                                                   std::to_string(least) + " to " + std::to_string(most));
           }
           store(number);
         },
         help)
      ->type_name(type);
}

void declare_output_options(CLI::App& app, RunSettings& settings) {
  constexpr std::array<std::pair<const char*, OutputFormat>, 3> kFormats = {
      {{"ndjson", OutputFormat::kNdjson},
       {"pretty", OutputFormat::kPretty},
       {"quiet", OutputFormat::kQuiet}}};
  add_choice(
      app, "--format",
      "What to write: the event stream, a view for people, or errors only (default: pretty on a terminal, "
      "ndjson otherwise)",
      kFormats, [&settings](OutputFormat format) { settings.format = format; });
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

void declare_run_options(CLI::App& app, RunSettings& settings) {
  declare_input_options(app, settings);
  declare_output_options(app, settings);
  declare_setting_options(app, settings.flags, kAllSettings);
  RunOptions& options = settings.options;
  app.add_option_function<std::string>(
         "--timeout",
         [&options](const std::string& text) {
           Result<Duration> duration = parse_duration(text);
           if (!duration) throw CLI::ValidationError("--timeout", duration.error().message);
           options.timeout = *duration;
         },
         "Stop the run after that long: 300ms, 90s, 1.5h, 1d12h")
      ->type_name("TIME");
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
