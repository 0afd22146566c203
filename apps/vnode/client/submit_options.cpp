#include "apps/vnode/client/submit_options.h"

#include <array>
#include <limits>

#include "apps/vnode/options/option_builders.h"

namespace vnode {
namespace {

void add_list(CommandSpec& command, const std::string& names, std::vector<std::string>& list,
              const std::string& type_name, const std::string& help) {
  add_texts(command, names, list, type_name, help + " (repeatable)");
}

void declare_submission_input(CommandSpec& command, SubmitOptions& settings) {
  add_text(command, "FILE", settings.file, "", "The workflow; - for standard input").is_required = true;
  declare_workflow_form(command, settings.form, settings.client.flags);
  add_list(
      command, "-p,--param", settings.texts.parameters, "[NODE.]NAME=VALUE",
      "Set a parameter of the workflow (NAME), or an input of a node (NODE.PORT). NODE: instance id, name, "
      "or a node id that occurs once. VALUE: text for a text, else JSON; @FILE takes it from a file");
  add_text(command, "--params-file", settings.texts.params_file, "FILE",
           "Set parameters from YAML or JSON: {name: value, node: {port: value}}");
  add_nonempty_text(command, "--map", settings.texts.map, "NAME=VALUES",
                    "A run for each value of a parameter, as one group: frames=1-200, layer=beauty,shadow, a "
                    "JSON list, or @FILE with a value a line");
  add_number(command, "--chunk", "N", "With --map: so many values in one run: frames=1-10, 11-20, ...", 1,
             1'000'000'000,
             [&settings](std::uint64_t size) { settings.texts.chunk = static_cast<std::int64_t>(size); });
  add_nonempty_text(
      command, "--path-map", settings.texts.path_map_file, "FILE",
      "How the paths in it are called on the daemon's machine: rules as Open Job Description has "
      "them (pathmapping-1.0), instead of the daemon's own");
  add_nonempty_text(command, "--directory", settings.submission.directory, "DIR",
                    "Where the run works, and relative paths in it start (default: the current folder)");
  add_list(
      command, "--env", settings.texts.environment, "VARIABLE=VALUE",
      "A variable for the processes of the run, on top of the daemon's own; VARIABLE alone: as it is here");
  add_switch(command, "--env-all", settings.texts.passes_environment, "All variables, as they are here");
  declare_secret_options(command, settings.texts.secrets);
}

void declare_queue_options(CommandSpec& command, SubmitOptions& settings) {
  Submission& submission = settings.submission;
  add_nonempty_text(command, "--queue", submission.queue, "QUEUE", "The queue (default: default)");
  add_integer(command, "--priority", submission.priority, "Higher ones are started first (default: 0)");
  add_list(command, "-r,--resource", settings.texts.resources, "NAME=AMOUNT",
           "What the run holds while it runs, and its nodes share: license.houdini=1, gpu=0.5, mem=8G");
  add_nonempty_text(
      command, "--key", submission.key, "TEXT",
      "Submit once: the same key again gives the first run, and is an error with other content");
  add_text(command, "--description", submission.description, "TEXT", "What it is, for people");
  add_list(command, "--info", settings.texts.info, "KEY=VALUE", "Your own data, kept with the run");
  add_list(command, "--after", settings.texts.after, "ID[,ID...]",
           "Begin when these runs or groups have ended well; if one cannot any more, end as cancelled");
  add_list(command, "--after-any", settings.texts.after_any, "ID[,ID...]",
           "Begin when these runs or groups have ended, however");
  add_list(command, "--hook-command", settings.texts.hook_commands, "COMMAND",
           "Run that at the end, without a shell; it gets the run as JSON on its standard input");
  add_list(command, "--hook-url", settings.texts.hook_urls, "URL", "Post the run to that URL at the end");
}

void declare_limits(CommandSpec& command, SubmitOptions& settings) {
  Submission& submission = settings.submission;
  add_duration(command, "--timeout", "Stop the run after that long, from its start: 300ms, 90s, 1.5h, 1d12h",
               [&submission](Duration timeout) { submission.timeout = timeout; });
  add_number(
      command, "--retries", "N", "Run it again when it has failed, up to so many times", 0, 1000,
      [&submission](std::uint64_t retries) { submission.retries = static_cast<std::int64_t>(retries); });
  add_node_limits(command, "--node-retries",
                  {.timeout = [&submission](Duration timeout) { submission.node_timeout = timeout; },
                   .idle_timeout = [&submission](Duration timeout) { submission.idle_timeout = timeout; },
                   .retries =
                       [&submission](std::uint64_t retries) {
                         submission.node_retries = static_cast<std::int64_t>(retries);
                       }});
  add_choice(command, "--on-interrupt", submission.on_interrupt, {"fail", "retry", "resume"},
             "What to do when the daemon or the machine goes away meanwhile: end, begin again, or go on from "
             "the run's journal (default: what the daemon's settings say, fail)");
  add_switch(command, "--no-journal", settings.has_no_journal,
             "Keep no journal: another attempt begins from the beginning");
  add_nonempty_text(
      command, "--cache", submission.cache, "DIR",
      "Do not repeat what that folder has of nodes whose definition says \"cache\": true, and put "
      "there what they do (default: what the daemon's settings say)");
}

void declare_run_options(CommandSpec& command, Submission& submission) {
  declare_part_options(command, submission.targets, submission.only, submission.skip);
  add_switch(command, "--init-only", submission.init_only, "End after the init phase");
  add_switch(command, "--fail-fast", submission.fail_fast, "The first failed node stops the run");
  add_choice(command, "--failed-inputs", submission.failed_inputs, {"skip", "default"},
             "What nodes do whose source failed: be skipped, or run on the port's default");
  add_choice(command, "--logged-errors", submission.logged_errors, {"fail", "report"},
             "What errors that nodes log make of the run: it fails, or only says how many");
  add_number(command, "--seed", "N", "Makes random numbers repeatable", 0,
             std::numeric_limits<std::int64_t>::max(),
             [&submission](std::uint64_t seed) { submission.seed = static_cast<std::int64_t>(seed); });
}

/// One option for both things that it writes, so that -o means the same with every command.
void declare_answer_format(CommandSpec& command, SubmitOptions& settings) {
  const std::vector<std::string> words = {"table", "json", "ndjson", "pretty", "quiet"};
  add_choice(
      command, "-o,--format", words,
      "The answer: table (default) or json; with --follow also what is shown: the event stream, a view "
      "for people, or errors only (default: pretty on a terminal, ndjson otherwise)",
      [&settings, words](std::size_t choice) {
        constexpr std::array kStreams = {OutputFormat::kNdjson, OutputFormat::kPretty, OutputFormat::kQuiet};
        if (choice < 2) {
          settings.client.format = words[choice];
        } else {
          settings.format = kStreams[choice - 2];
        }
      });
}

}  // namespace

void declare_submit_options(CommandSpec& command, SubmitOptions& settings) {
  declare_submission_input(command, settings);
  add_switch(command, "--wait", settings.waits, "Wait for the end; the exit code is the run's");
  add_switch(command, "-f,--follow", settings.follows,
             "Show the run until its end; the exit code is the run's (not with --map)");
  declare_answer_format(command, settings);
  add_switch(command, "--start", settings.starts_daemon, "Start a daemon if there is none");
  const std::size_t queue = command.options.size();
  declare_queue_options(command, settings);
  title_options(command, queue, "When it runs, and what is told of it");
  const std::size_t limits = command.options.size();
  declare_limits(command, settings);
  title_options(command, limits, "Limits");
  const std::size_t part = command.options.size();
  declare_run_options(command, settings.submission);
  title_options(command, part, "What is run");
  declare_place_options(command, settings.client);
}

}  // namespace vnode
