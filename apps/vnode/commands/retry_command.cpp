#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/submission_texts.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/params_file.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "model/members.h"
#include "rpc/submission.h"

namespace vnode {
namespace {

struct RetrySettings {
  ClientOptions client;
  std::vector<std::string> ids;
  std::vector<std::string> info;
  bool are_failed_only = false;
  bool begins_anew = false;
  std::vector<std::string> parameters;
  std::string params_file;
};

ExitCode retry(const RetrySettings& settings, Diagnostics& diagnostics) {
  const auto info = read_info(settings.info);
  if (!info) return report_usage_error(info.error(), diagnostics);
  if (settings.ids.empty() && info->empty()) {
    diagnostics.error("which runs? Give ids, or --info KEY=VALUE for all that have it");
    return kExitUsage;
  }
  Dict params;
  if (!settings.ids.empty())
    params.set("ids", Value::list(std::vector<Value>(settings.ids.begin(), settings.ids.end())));
  if (settings.are_failed_only) params.set("failed", true);
  Dict wanted;
  for (const auto& [name, text] : *info) wanted.set(Value(name), Value(text));
  if (!wanted.empty()) params.set("info", std::move(wanted));
  if (settings.begins_anew) params.set("resume", false);
  const auto overrides = read_parameters(settings.params_file, settings.parameters);
  if (!overrides) return report_usage_error(overrides.error(), diagnostics);
  if (!overrides->empty()) params.set("params", *submission_params({.params = *overrides}).find("params"));
  Value reply;
  const ExitCode code = ask_daemon(settings.client, "run.retry", params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  std::string out;
  for (const Value& id : list_member(reply, "retried")) {
    if (id.is_text()) out += harmless_line(id.as_text()) + "\n";
  }
  for (const Value& id : list_member(reply, "passed_over")) {
    if (id.is_text()) diagnostics.warning(std::string(id.as_text()) + ": there is nothing to be tried again");
  }
  return print(out, diagnostics);
}

}  // namespace

void set_up_retry(CommandSpec& command) {
  auto settings = std::make_shared<RetrySettings>();
  add_texts(command, "ID", settings->ids, "", "Ids of runs or groups, or their beginnings");
  add_switch(command, "--failed", settings->are_failed_only,
             "Only runs that have failed, timed out, were interrupted, or whose dependency failed");
  add_texts(command, "--info", settings->info, "KEY=VALUE",
            "Only runs with that in their info (repeatable); without ids all of them");
  add_switch(command, "--no-resume", settings->begins_anew,
             "From the beginning, though they have journals of what is done");
  add_texts(command, "-p,--param", settings->parameters, "[NODE.]NAME=VALUE",
            "Set a parameter of the workflow (NAME), or an input of a node (NODE.PORT), from now on "
            "(repeatable); what depends on it is done again");
  add_text(command, "--params-file", settings->params_file, "FILE",
           "Set parameters from YAML or JSON: {name: value, node: {port: value}}");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return retry(*settings, diagnostics); };
}

}  // namespace vnode
