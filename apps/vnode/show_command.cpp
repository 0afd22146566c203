#include <CLI/App.hpp>
#include <memory>

#include "apps/vnode/client_options.h"
#include "apps/vnode/command_table.h"
#include "apps/vnode/print.h"
#include "apps/vnode/run_report.h"

namespace vnode {
namespace {

struct ShowSettings {
  ClientSettings client;
  std::string id;
};

ExitCode show(const ShowSettings& settings, Diagnostics& diagnostics) {
  Value run;
  const ExitCode code =
      ask_daemon(settings.client, "run.get", {{"id", Value(settings.id)}}, run, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(run, diagnostics);
  return print(run_text(run, std::chrono::system_clock::now()), diagnostics);
}

}  // namespace

CommandAction set_up_show(CLI::App& app) {
  auto settings = std::make_shared<ShowSettings>();
  app.add_option("ID", settings->id, "The run's id, or its beginning")->required();
  declare_client_options(app, settings->client);
  return [settings](Diagnostics& diagnostics) { return show(*settings, diagnostics); };
}

}  // namespace vnode
