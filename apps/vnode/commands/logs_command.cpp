#include <unistd.h>

#include <array>
#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/event_follower.h"
#include "apps/vnode/client/reader_watch.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/show/event_reading.h"
#include "apps/vnode/show/node_story.h"
#include "apps/vnode/show/run_log.h"
#include "apps/vnode/terminal/print.h"
#include "async/stream_writer.h"
#include "base/spelling.h"

namespace vnode {
namespace {

struct LogsSettings {
  ClientOptions client;
  std::string id;
  std::string node;
  LogLevel level = LogLevel::kInfo;
  bool follows = false;
};

constexpr std::array<std::pair<const char*, LogLevel>, 4> kLevels = {{{"info", LogLevel::kInfo},
                                                                      {"success", LogLevel::kSuccess},
                                                                      {"warning", LogLevel::kWarning},
                                                                      {"error", LogLevel::kError}}};

/// `vnode logs`, from the connection to the exit code.
class LogsCommand {
 public:
  LogsCommand(const LogsSettings& settings, Diagnostics& diagnostics)
      : settings_(settings),
        diagnostics_(diagnostics),
        printer_(std::chrono::system_clock::now(), wants_colour(STDOUT_FILENO)),
        stories_(settings.node) {}

  ExitCode run();

 private:
  void add(const Value& event, StreamWriter& writer);
  ExitCode tell_nothing_of_node();

  const LogsSettings& settings_;
  Diagnostics& diagnostics_;
  LogPrinter printer_;
  NodeStories stories_;  ///< which nodes there are, where one was asked for
  bool has_met_node_ = false;
};

void LogsCommand::add(const Value& event, StreamWriter& writer) {
  const bool is_of_node = settings_.node.empty() || is_event_of(event, settings_.node);
  if (!settings_.node.empty()) stories_.add(event);
  has_met_node_ = has_met_node_ || is_of_node;
  if (!is_of_node) return;
  const ReadEvent read(event);
  if (!read.event()) return;
  const std::optional<LogEntry> entry = log_entry(*read.event());
  if (!entry || entry->level < settings_.level) return;
  writer.append(printer_.print(*entry));
}

/// A node that is not there is a mistake; one that has not begun yet is none.
ExitCode LogsCommand::tell_nothing_of_node() {
  constexpr std::size_t kMostListed = 10;
  const bool is_known = stories_.never_started() == 0;
  const std::string advice = spelling_advice(settings_.node, stories_.node_words(),
                                             is_known ? "its nodes are" : "it has started", kMostListed);
  if (is_known) {
    diagnostics_.error(with_hint("run " + settings_.id + " has no node '" + settings_.node + "'", advice));
    return kExitUsage;
  }
  diagnostics_.warning(with_hint(
      "nothing has been heard of a node '" + settings_.node + "'" + (stories_.has_ended() ? "" : " so far"),
      advice));
  return kExitSuccess;
}

ExitCode LogsCommand::run() {
  const Result<DaemonAddress> address = daemon_address(settings_.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics_);
  DaemonConnection connection(*address);
  const ClientStopper stopper(connection);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics_);
  const ReaderWatch reader(connection);
  EventFollower follower(connection, settings_.id, 0, settings_.follows);
  StreamWriter writer(STDOUT_FILENO);
  const auto on_event = [this, &writer](const Value& event, std::string_view) {
    add(event, writer);
    return !writer.reader_gone();
  };
  const auto on_lost = [this] { diagnostics_.warning("the daemon went away; looking for it"); };
  const std::optional<CallError> error = follower.read({on_event, on_lost});
  if (const Result<void> written = writer.close(); !written)
    return report_output_failure("standard output", written.error().message, diagnostics_);
  if (stopper.code() != kExitSuccess || reader.is_gone()) return stopper.code();
  if (error) return report_call_error(*error, "", diagnostics_);
  if (follower.has_found_nothing()) return report_lost_events(settings_.id, diagnostics_);
  return has_met_node_ ? kExitSuccess : tell_nothing_of_node();
}

}  // namespace

void set_up_logs(CommandSpec& command) {
  auto settings = std::make_shared<LogsSettings>();
  add_text(command, "ID", settings->id, "", "The run's id, or its beginning").is_required = true;
  add_nonempty_text(command, "NODE", settings->node, "",
                    "Only of that node: a name, an instance's id, its beginning, or a node type");
  add_switch(command, "-f,--follow", settings->follows, "Go on with what is new until the run has ended");
  add_choice(command, "--level", kLevels,
             "Only what is at least so bad: info (default), success, warning, error",
             [settings = settings.get()](LogLevel level) { settings->level = level; });
  declare_place_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return LogsCommand(*settings, diagnostics).run(); };
}

}  // namespace vnode
