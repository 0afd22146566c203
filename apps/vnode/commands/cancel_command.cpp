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

struct CancelSettings {
  ClientOptions client;
  RunPicks picks;
  bool all = false;
};

ExitCode cancel(const CancelSettings& settings, Diagnostics& diagnostics) {
  if (settings.all && !settings.picks.ids.empty()) {
    diagnostics.error("--all and ids exclude each other");
    return kExitUsage;
  }
  if (!settings.all && settings.picks.are_none()) {
    diagnostics.error("which runs? Give ids, --info KEY=VALUE for all that have it, or --all");
    return kExitUsage;
  }
  Dict params;
  if (settings.all) params.set("all", Value(true));
  if (Result<void> added = add_picks(settings.picks, params); !added)
    return report_usage_error(added.error(), diagnostics);
  Value reply;
  const ExitCode code = ask_daemon(settings.client, "run.cancel", params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  std::string out;
  for (const Value& id : list_member(reply, "cancelled")) {
    if (id.is_text()) out += harmless_line(id.as_text()) + "\n";
  }
  for (const Value& id : list_member(reply, "ended")) {
    if (id.is_text() && !settings.picks.ids.empty())
      diagnostics.warning(std::string(id.as_text()) + " had ended before");
  }
  tell_passed_over(reply, diagnostics);
  return print(out, diagnostics);
}

}  // namespace

void set_up_cancel(CommandSpec& command) {
  auto settings = std::make_shared<CancelSettings>();
  declare_picks(command, settings->picks);
  add_switch(command, "-a,--all", settings->all, "All runs that have not ended");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return cancel(*settings, diagnostics); };
}

}  // namespace vnode
