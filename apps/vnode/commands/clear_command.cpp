#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "model/members.h"

namespace vnode {
namespace {

struct ClearSettings {
  ClientOptions client;
  std::vector<std::string> ids;
  std::vector<std::string> statuses;
  std::optional<Duration> older_than;
  bool are_all_ended = false;
  bool is_dry_run = false;
};

Value list_of(const std::vector<std::string>& texts) {
  return Value::list(std::vector<Value>(texts.begin(), texts.end()));
}

ExitCode clear(const ClearSettings& settings, Diagnostics& diagnostics) {
  const bool is_selection = settings.are_all_ended || !settings.statuses.empty() || settings.older_than;
  if (!settings.ids.empty() && is_selection) {
    diagnostics.error("ids exclude --ended, --status and --older-than");
    return kExitUsage;
  }
  // The history is not to be lost over a word that was forgotten.
  if (settings.ids.empty() && !is_selection) {
    diagnostics.error("which runs? Give ids, --status or --older-than, or --ended for all that have ended");
    return kExitUsage;
  }
  Dict params;
  if (!settings.ids.empty()) params.set("ids", list_of(settings.ids));
  if (!settings.statuses.empty()) params.set("statuses", list_of(settings.statuses));
  if (settings.older_than) {
    params.set("older_than", Value(std::chrono::duration<double>(*settings.older_than).count()));
  }
  if (settings.is_dry_run) params.set("dry_run", Value(true));
  Value reply;
  const ExitCode code = ask_daemon(settings.client, "run.clear", params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  const std::int64_t count = integer_member(reply, "removed").value_or(0);
  const std::string runs = std::to_string(count) + (count == 1 ? " run" : " runs");
  return print(settings.is_dry_run ? "would remove " + runs + "\n" : "removed " + runs + "\n", diagnostics);
}

}  // namespace

void set_up_clear(CommandSpec& command) {
  auto settings = std::make_shared<ClearSettings>();
  add_texts(command, "ID", settings->ids, "", "Ids of runs or groups, or their beginnings");
  add_switch(command, "--ended", settings->are_all_ended, "All runs that have ended");
  add_choices(command, "--status", settings->statuses, words(kEndedStatuses),
              "Only runs that ended so (repeatable)");
  add_duration(command, "--older-than", "Only runs that ended longer ago than that: 12h, 7d",
               [settings = settings.get()](Duration age) { settings->older_than = age; });
  add_switch(command, "-n,--dry-run", settings->is_dry_run, "Only say how many");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return clear(*settings, diagnostics); };
}

}  // namespace vnode
