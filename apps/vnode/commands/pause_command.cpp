#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/run_picks.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "model/members.h"

namespace vnode {
namespace {

struct PauseSettings {
  ClientOptions client;
  RunPicks picks;
  bool stops_processes = false;
};

/// `done`: the member of the reply with those that were not too late.
ExitCode call_for_runs(const PauseSettings& settings, const char* method, const char* done,
                       Diagnostics& diagnostics) {
  if (settings.picks.are_none()) {
    diagnostics.error("which runs? Give ids, or --info KEY=VALUE for all that have it");
    return kExitUsage;
  }
  Dict params;
  if (Result<void> added = add_picks(settings.picks, params); !added)
    return report_usage_error(added.error(), diagnostics);
  if (settings.stops_processes) params.set("stop_processes", true);
  Value reply;
  const ExitCode code = ask_daemon(settings.client, method, params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  std::string out;
  for (const Value& id : list_member(reply, done)) {
    if (id.is_text()) out += harmless_line(id.as_text()) + "\n";
  }
  for (const Value& id : list_member(reply, "ended")) {
    if (id.is_text() && !settings.picks.ids.empty())
      diagnostics.warning(std::string(id.as_text()) + " had ended before");
  }
  tell_passed_over(reply, diagnostics);
  return print(out, diagnostics);
}

void declare_runs(CommandSpec& command, PauseSettings& settings) {
  declare_picks(command, settings.picks);
  declare_client_options(command, settings.client);
}

}  // namespace

void set_up_pause(CommandSpec& command) {
  auto settings = std::make_shared<PauseSettings>();
  add_switch(command, "--stop", settings->stops_processes,
             "Stop their processes as well, until they are unpaused");
  declare_runs(command, *settings);
  command.action = [settings](Diagnostics& diagnostics) {
    return call_for_runs(*settings, "run.pause", "paused", diagnostics);
  };
}

void set_up_unpause(CommandSpec& command) {
  auto settings = std::make_shared<PauseSettings>();
  declare_runs(command, *settings);
  command.action = [settings](Diagnostics& diagnostics) {
    return call_for_runs(*settings, "run.unpause", "unpaused", diagnostics);
  };
}

}  // namespace vnode
