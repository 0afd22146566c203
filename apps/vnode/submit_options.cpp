#include "apps/vnode/submit_options.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "apps/vnode/option_values.h"

namespace vnode {
namespace {

void add_list(CLI::App& app, const std::string& names, std::vector<std::string>& list,
              const std::string& type, const std::string& help) {
  app.add_option(names, list, help + " (repeatable)")->type_name(type)->allow_extra_args(false);
}

void declare_input_options(CLI::App& app, SubmissionOptions& options) {
  app.add_option("FILE", options.file, "The workflow; - for standard input")->required();
  add_list(app, "-p,--param", options.parameters, "NODE.PORT=VALUE",
           "Set a parameter. NODE: instance id, name, or a node id that occurs once. VALUE: text for a text "
           "port, else JSON; @FILE takes it from a file");
  app.add_option("--params-file", options.params_file,
                 "Set parameters from YAML or JSON: {node: {port: value}}")
      ->type_name("FILE");
  add_text(app, "--directory", options.directory, "DIR",
           "Where the run works, and relative paths in it start (default: the current folder)");
  add_list(app, "--env", options.environment, "NAME=VALUE",
           "A variable for the processes of the run, on top of the daemon's own; NAME alone: as it is here");
  app.add_flag("--env-all", options.passes_environment, "All variables, as they are here");
}

void declare_queue_options(CLI::App& app, SubmissionOptions& options) {
  add_text(app, "--queue", options.queue, "NAME", "The queue (default: default)");
  app.add_option("--priority", options.priority, "Higher ones are started first (default: 0)")
      ->type_name("N");
  add_list(app, "-r,--resource", options.resources, "NAME=N", "What the run holds while it runs");
  add_text(app, "--key", options.key, "TEXT",
           "Submit once: the same key again gives the first run, and is an error with other content");
  app.add_option("--description", options.description, "What it is, for people")->type_name("TEXT");
  add_list(app, "--info", options.info, "KEY=VALUE", "Your own data, kept with the run");
  add_list(app, "--hook-command", options.hook_commands, "COMMAND",
           "Run that at the end, without a shell; it gets the run as JSON on its standard input");
  add_list(app, "--hook-url", options.hook_urls, "URL", "Post the run to that URL at the end");
}

void declare_run_options(CLI::App& app, SubmissionOptions& options) {
  add_duration(app, "--timeout", "Stop the run after that long, from its start: 300ms, 90s, 1.5h, 1d12h",
               [&options](Duration timeout) { options.timeout = timeout; });
  add_number(app, "--retries", "N", "Run it again when it has failed, up to so many times", 0, 1000,
             [&options](std::uint64_t retries) { options.retries = retries; });
  app.add_option("--on-interrupt", options.on_interrupt,
                 "What to do when the daemon or the machine goes away meanwhile (default: fail)")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"fail", "retry"}));
  app.add_flag("--init-only", options.init_only, "End after the init phase");
  app.add_flag("--fail-fast", options.fail_fast, "The first failed node stops the run");
  app.add_option("--failed-inputs", options.failed_inputs,
                 "What nodes do whose source failed: be skipped, or run on the port's default")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"skip", "default"}));
  add_number(app, "--seed", "N", "Makes random numbers repeatable", 0,
             std::numeric_limits<std::int64_t>::max(),
             [&options](std::uint64_t seed) { options.seed = seed; });
}

}  // namespace

void declare_submit_options(CLI::App& app, SubmitSettings& settings) {
  declare_input_options(app, settings.submission);
  app.add_flag("--wait", settings.waits, "Wait for the end; the exit code is the run's");
  app.add_flag("-f,--follow", settings.follows, "Show the run until its end; the exit code is the run's");
  declare_format_option(app, "With --follow", settings.format);
  app.add_flag("--start", settings.starts_daemon, "Start a daemon if there is none");
  declare_queue_options(app, settings.submission);
  declare_run_options(app, settings.submission);
  declare_client_options(app, settings.client);
}

}  // namespace vnode
