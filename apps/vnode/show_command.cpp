#include <memory>

#include "apps/vnode/client_options.h"
#include "apps/vnode/command_table.h"
#include "apps/vnode/option_builders.h"
#include "apps/vnode/print.h"
#include "apps/vnode/run_report.h"

namespace vnode {
namespace {

struct ShowSettings {
  ClientSettings client;
  std::string id;
};

ExitCode show_run(const ShowSettings& settings, Diagnostics& diagnostics) {
  Value run;
  const ExitCode code =
      ask_daemon(settings.client, "run.get", {{"id", Value(settings.id)}}, run, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(run, diagnostics);
  return print(run_text(run, std::chrono::system_clock::now()), diagnostics);
}

}  // namespace

void set_up_show(CommandSpec& command) {
  auto settings = std::make_shared<ShowSettings>();
  add_text(command, "ID", settings->id, "", "The run's id, or its beginning").is_required = true;
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return show_run(*settings, diagnostics); };
}

}  // namespace vnode
