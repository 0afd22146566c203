#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/show/result_listing.h"
#include "apps/vnode/show/run_info.h"
#include "apps/vnode/show/run_report.h"
#include "apps/vnode/terminal/print.h"

namespace vnode {
namespace {

struct ShowSettings {
  ClientOptions client;
  std::string id;
  bool has_results = false;
};

/// What the nodes of the run have given, all of it.
ExitCode show_results(const ShowSettings& settings, Diagnostics& diagnostics) {
  Value results;
  const ExitCode code =
      ask_daemon(settings.client, "run.results", {{"id", Value(settings.id)}}, results, diagnostics);
  if (code != kExitSuccess) return code;
  if (const std::string missing = missing_results_text(results); !missing.empty())
    diagnostics.warning(missing);
  if (settings.client.is_json()) return print_json(results, diagnostics);
  return print(result_listing(results), diagnostics);
}

ExitCode show_run(const ShowSettings& settings, Diagnostics& diagnostics) {
  if (settings.has_results) return show_results(settings, diagnostics);
  Value run;
  const ExitCode code = ask_daemon(settings.client, noun_of(settings.id) + ".get",
                                   {{"id", Value(settings.id)}}, run, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(run, diagnostics);
  return print(run_text(run, std::chrono::system_clock::now()), diagnostics);
}

}  // namespace

void set_up_show(CommandSpec& command) {
  auto settings = std::make_shared<ShowSettings>();
  add_text(command, "ID", settings->id, "", "The id of a run or a group, or its beginning").is_required =
      true;
  add_switch(command, "--results", settings->has_results,
             "Print instead what its nodes have given, once it has ended: NODE.PORT and the value as JSON");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return show_run(*settings, diagnostics); };
}

}  // namespace vnode
