#include "apps/vnode/submit_options.h"

#include <limits>

#include "apps/vnode/option_builders.h"

namespace vnode {
namespace {

void add_list(CommandSpec& command, const std::string& names, std::vector<std::string>& list,
              const std::string& type_name, const std::string& help) {
  add_texts(command, names, list, type_name, help + " (repeatable)");
}

void declare_submission_input(CommandSpec& command, SubmissionOptions& options) {
  add_text(command, "FILE", options.file, "", "The workflow; - for standard input").is_required = true;
  add_list(command, "-p,--param", options.parameters, "NODE.PORT=VALUE",
           "Set a parameter. NODE: instance id, name, or a node id that occurs once. VALUE: text for a text "
           "port, else JSON; @FILE takes it from a file");
  add_text(command, "--params-file", options.params_file, "FILE",
           "Set parameters from YAML or JSON: {node: {port: value}}");
  add_nonempty_text(command, "--directory", options.directory, "DIR",
                    "Where the run works, and relative paths in it start (default: the current folder)");
  add_list(command, "--env", options.environment, "NAME=VALUE",
           "A variable for the processes of the run, on top of the daemon's own; NAME alone: as it is here");
  add_switch(command, "--env-all", options.passes_environment, "All variables, as they are here");
}

void declare_queue_options(CommandSpec& command, SubmissionOptions& options) {
  add_nonempty_text(command, "--queue", options.queue, "NAME", "The queue (default: default)");
  add_integer(command, "--priority", options.priority, "Higher ones are started first (default: 0)");
  add_list(command, "-r,--resource", options.resources, "NAME=N", "What the run holds while it runs");
  add_nonempty_text(
      command, "--key", options.key, "TEXT",
      "Submit once: the same key again gives the first run, and is an error with other content");
  add_text(command, "--description", options.description, "TEXT", "What it is, for people");
  add_list(command, "--info", options.info, "KEY=VALUE", "Your own data, kept with the run");
  add_list(command, "--hook-command", options.hook_commands, "COMMAND",
           "Run that at the end, without a shell; it gets the run as JSON on its standard input");
  add_list(command, "--hook-url", options.hook_urls, "URL", "Post the run to that URL at the end");
}

void declare_run_options(CommandSpec& command, SubmissionOptions& options) {
  add_duration(command, "--timeout", "Stop the run after that long, from its start: 300ms, 90s, 1.5h, 1d12h",
               [&options](Duration timeout) { options.timeout = timeout; });
  add_number(command, "--retries", "N", "Run it again when it has failed, up to so many times", 0, 1000,
             [&options](std::uint64_t retries) { options.retries = retries; });
  add_choice(command, "--on-interrupt", options.on_interrupt, {"fail", "retry"},
             "What to do when the daemon or the machine goes away meanwhile (default: fail)");
  add_switch(command, "--init-only", options.init_only, "End after the init phase");
  add_switch(command, "--fail-fast", options.fail_fast, "The first failed node stops the run");
  add_choice(command, "--failed-inputs", options.failed_inputs, {"skip", "default"},
             "What nodes do whose source failed: be skipped, or run on the port's default");
  add_number(command, "--seed", "N", "Makes random numbers repeatable", 0,
             std::numeric_limits<std::int64_t>::max(),
             [&options](std::uint64_t seed) { options.seed = seed; });
}

}  // namespace

void declare_submit_options(CommandSpec& command, SubmitSettings& settings) {
  declare_submission_input(command, settings.submission);
  add_switch(command, "--wait", settings.waits, "Wait for the end; the exit code is the run's");
  add_switch(command, "-f,--follow", settings.follows,
             "Show the run until its end; the exit code is the run's");
  declare_format_option(command, "With --follow", settings.format);
  add_switch(command, "--start", settings.starts_daemon, "Start a daemon if there is none");
  declare_queue_options(command, settings.submission);
  declare_run_options(command, settings.submission);
  declare_client_options(command, settings.client);
}

}  // namespace vnode
