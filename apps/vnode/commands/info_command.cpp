#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/show/run_report.h"
#include "apps/vnode/terminal/print.h"

namespace vnode {
namespace {

ExitCode tell_info(const ClientOptions& settings, Diagnostics& diagnostics) {
  Value info;
  const ExitCode code = ask_daemon(settings, "daemon.info", {}, info, diagnostics);
  if (code != kExitSuccess) return code;
  return settings.is_json() ? print_json(info, diagnostics) : print(daemon_text(info), diagnostics);
}

}  // namespace

void set_up_info(CommandSpec& command) {
  auto settings = std::make_shared<ClientOptions>();
  declare_client_options(command, *settings);
  command.action = [settings](Diagnostics& diagnostics) { return tell_info(*settings, diagnostics); };
}

}  // namespace vnode
