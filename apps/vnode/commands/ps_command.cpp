#include <unistd.h>

#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/live_watch.h"
#include "apps/vnode/client/run_watch.h"
#include "apps/vnode/client/submission_texts.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/show/run_listing.h"
#include "apps/vnode/show/run_table.h"
#include "apps/vnode/terminal/print.h"

namespace vnode {
namespace {

struct PsSettings {
  ClientOptions client;
  RunSelection selection;
  std::vector<std::string> info;
  bool watches = false;
};

ExitCode watch(const PsSettings& settings, const DaemonAddress& address, Diagnostics& diagnostics) {
  DaemonConnection connection(address);
  const bool is_json = settings.client.is_json();
  if (!is_json && is_smart_terminal(STDOUT_FILENO))
    return LiveWatch(connection, settings.selection, diagnostics).run();
  const ClientStopper stopper(connection);
  return RunWatch(connection, settings.selection, is_json, diagnostics).run(stopper);
}

ExitCode print_table(const RunListing& listing, const RunSelection& selection, Diagnostics& diagnostics) {
  std::vector<RunInfo> runs;
  for (const Value& run : listing.merged()) runs.push_back(read_run_info(run));
  const bool is_seen = is_terminal(STDOUT_FILENO);
  const std::size_t width = is_seen ? static_cast<std::size_t>(terminal_size(STDOUT_FILENO).columns) : 0;
  std::string out;
  for (const std::string& line :
       run_table(runs, std::chrono::system_clock::now(), width, wants_colour(STDOUT_FILENO))) {
    out += line + "\n";
  }
  const ExitCode printed = print(out, diagnostics);
  if (listing.has_more && is_seen && selection.is_default()) {
    write_to_stderr("(older runs are not shown: 'vnode ps --all')\n");
  }
  return printed;
}

ExitCode list(PsSettings& settings, Diagnostics& diagnostics) {
  auto info = read_info(settings.info);
  if (!info) return report_usage_error(info.error(), diagnostics);
  settings.selection.info = std::move(*info);
  const Result<DaemonAddress> address = daemon_address(settings.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics);
  if (settings.watches) return watch(settings, *address, diagnostics);
  DaemonConnection connection(*address);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics);
  const std::variant<RunListing, CallError> listed = list_runs(
      settings.selection,
      [&connection](std::string_view method, const Dict& params) { return connection.call(method, params); });
  if (const auto* error = std::get_if<CallError>(&listed)) return report_call_error(*error, "", diagnostics);
  const RunListing& listing = std::get<RunListing>(listed);
  if (!settings.client.is_json()) return print_table(listing, settings.selection, diagnostics);
  Dict document{{"runs", Value::list(listing.runs)}};
  if (settings.selection.group.empty()) document.set("groups", Value::list(listing.groups));
  document.set("more", listing.has_more);
  return print_json(Value(std::move(document)), diagnostics);
}

}  // namespace

void set_up_ps(CommandSpec& command) {
  auto settings = std::make_shared<PsSettings>();
  RunSelection& selection = settings->selection;
  add_switch(command, "-a,--all", selection.all,
             "All runs that are kept (default: those that have not ended, and the last few that have)");
  add_choices(command, "--status", selection.statuses, words(kTableStatuses),
              "Only runs with that status (repeatable)");
  add_nonempty_text(command, "--queue", selection.queue, "QUEUE", "Only runs of that queue");
  add_text(command, "--workflow", selection.workflow, "TEXT",
           "Only runs whose workflow's path contains that");
  add_nonempty_text(command, "--group", selection.group, "ID",
                    "The runs of that group, one by one (default: a group is one line)");
  add_texts(command, "--info", settings->info, "KEY=VALUE", "Only runs with that in their info (repeatable)");
  add_number(command, "--limit", "N", "At most so many, the newest", 1, 1'000'000,
             [&selection](std::uint64_t limit) { selection.limit = static_cast<std::size_t>(limit); });
  add_switch(command, "-w,--watch", settings->watches,
             "Go on showing changes until q or Ctrl-C (into a pipe: a line a change)");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return list(*settings, diagnostics); };
}

}  // namespace vnode
