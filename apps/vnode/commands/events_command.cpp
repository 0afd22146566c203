#include <array>
#include <limits>
#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/event_follower.h"
#include "apps/vnode/client/event_printer.h"
#include "apps/vnode/client/reader_watch.h"
#include "apps/vnode/client/run_follower.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"

namespace vnode {
namespace {

struct EventsSettings {
  ClientOptions client;
  std::string id;
  std::uint64_t since = 0;
  bool follows = false;
  bool is_pretty = false;
};

constexpr std::array<std::pair<const char*, bool>, 3> kEventFormats = {
    {{"ndjson", false}, {"json", false}, {"pretty", true}}};

ExitCode tell_events(const EventsSettings& settings, Diagnostics& diagnostics) {
  const Result<DaemonAddress> address = daemon_address(settings.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics);
  DaemonConnection connection(*address);
  const ClientStopper stopper(connection);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics);
  const ReaderWatch reader(connection);
  if (settings.is_pretty) {
    const ExitCode shown =
        RunFollower(connection, OutputFormat::kPretty, diagnostics).show(settings.id, settings.since, true);
    return stopper.code() != kExitSuccess || reader.is_gone() ? stopper.code() : shown;
  }
  EventFollower follower(connection, settings.id, settings.since, settings.follows);
  std::optional<CallError> error;
  if (const ExitCode code = print_events(follower, diagnostics, error); code != kExitSuccess) return code;
  if (stopper.code() != kExitSuccess || reader.is_gone()) return stopper.code();
  if (error) return report_call_error(*error, "", diagnostics);
  return follower.has_found_nothing() ? report_lost_events(settings.id, diagnostics) : kExitSuccess;
}

}  // namespace

void set_up_events(CommandSpec& command) {
  auto settings = std::make_shared<EventsSettings>();
  add_text(command, "ID", settings->id, "", "The run's id, or its beginning").is_required = true;
  add_number(command, "--since", "SEQ", "Only events behind that one", 0,
             std::numeric_limits<std::int64_t>::max(),
             [settings = settings.get()](std::uint64_t seq) { settings->since = seq; });
  add_switch(command, "-f,--follow", settings->follows, "Go on with new events until the run has ended");
  add_choice(
      command, "-o,--format", kEventFormats,
      "ndjson (default, also json): as the run wrote it; pretty: as vnode run shows it, until the run ends",
      [settings = settings.get()](bool is_pretty) { settings->is_pretty = is_pretty; });
  declare_place_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return tell_events(*settings, diagnostics); };
}

}  // namespace vnode
