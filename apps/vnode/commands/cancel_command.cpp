#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "model/members.h"

namespace vnode {
namespace {

struct CancelSettings {
  ClientOptions client;
  std::vector<std::string> ids;
  bool all = false;
};

ExitCode cancel(const CancelSettings& settings, Diagnostics& diagnostics) {
  if (settings.all != settings.ids.empty()) {
    diagnostics.error(settings.all ? "--all and ids exclude each other" : "which runs? Give ids, or --all");
    return kExitUsage;
  }
  Dict params;
  if (settings.all) params.set("all", Value(true));
  if (!settings.all) {
    params.set("ids", Value::list(std::vector<Value>(settings.ids.begin(), settings.ids.end())));
  }
  Value reply;
  const ExitCode code = ask_daemon(settings.client, "run.cancel", params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  std::string out;
  for (const Value& id : list_member(reply, "cancelled")) {
    if (id.is_text()) out += harmless_line(id.as_text()) + "\n";
  }
  for (const Value& id : list_member(reply, "ended")) {
    if (id.is_text() && !settings.all) diagnostics.warning(std::string(id.as_text()) + " had ended before");
  }
  return print(out, diagnostics);
}

}  // namespace

void set_up_cancel(CommandSpec& command) {
  auto settings = std::make_shared<CancelSettings>();
  add_texts(command, "ID", settings->ids, "", "Ids of runs or groups, or their beginnings");
  add_switch(command, "-a,--all", settings->all, "All runs that have not ended");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return cancel(*settings, diagnostics); };
}

}  // namespace vnode
