#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/event_follower.h"
#include "apps/vnode/client/group_follower.h"
#include "apps/vnode/client/reader_watch.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/show/event_reading.h"
#include "apps/vnode/show/node_story.h"
#include "apps/vnode/show/run_info.h"
#include "apps/vnode/show/run_log.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"
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

/// What stands before each line of a run of a group: its value, or its id, in a column.
class RunPrefixes {
 public:
  explicit RunPrefixes(bool has_colour) : has_colour_(has_colour) {}

  void learn(const std::vector<GroupFollower::Run>& runs) {
    for (const GroupFollower::Run& run : runs) width_ = std::max(width_, display_width(word_of(run)));
  }

  /// The lines of the text with it.
  std::string before(const std::string& lines, const GroupFollower::Run& run) const {
    std::string word = word_of(run);
    word.append(width_ - std::min(width_, display_width(word)), ' ');
    const std::string prefix = (has_colour_ ? std::string(kDim) + word + std::string(kReset) : word) + " | ";
    std::string out;
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size() - 1) + 1;
      out += prefix;
      out.append(lines, at, end - at);
      at = end;
    }
    return out;
  }

 private:
  static std::string word_of(const GroupFollower::Run& run) {
    constexpr std::size_t kWidestValue = 24;
    return run.value.empty() ? run.id : cut_to_width(harmless_line(run.value), kWidestValue);
  }

  const bool has_colour_;
  std::size_t width_ = 0;
};

/// `vnode logs`, from the connection to the exit code.
class LogsCommand {
 public:
  LogsCommand(const LogsSettings& settings, Diagnostics& diagnostics)
      : settings_(settings),
        diagnostics_(diagnostics),
        has_colour_(wants_colour(STDOUT_FILENO)),
        printer_(std::chrono::system_clock::now(), has_colour_),
        prefixes_(has_colour_),
        stories_(settings.node) {}

  ExitCode run();

 private:
  bool is_of_group() const { return noun_of(settings_.id) == "group"; }
  std::optional<CallError> read_run(DaemonConnection& connection, StreamWriter& writer);
  std::optional<CallError> read_group(DaemonConnection& connection, StreamWriter& writer);
  std::string lines_of(const Value& event);
  ExitCode tell_nothing_of_node();

  const LogsSettings& settings_;
  Diagnostics& diagnostics_;
  const bool has_colour_;
  LogPrinter printer_;
  RunPrefixes prefixes_;
  NodeStories stories_;  ///< which nodes there are, where one was asked for
  bool has_met_node_ = false;
  bool has_lost_events_ = false;  ///< all of the run's
};

/// Empty: nothing that was asked for.
std::string LogsCommand::lines_of(const Value& event) {
  const bool is_of_node = settings_.node.empty() || is_event_of(event, settings_.node);
  if (!settings_.node.empty()) stories_.add(event);
  has_met_node_ = has_met_node_ || is_of_node;
  if (!is_of_node) return {};
  const ReadEvent read(event);
  if (!read.event()) return {};
  const std::optional<LogEntry> entry = log_entry(*read.event());
  return entry && entry->level >= settings_.level ? printer_.print(*entry) : std::string();
}

/// A node that is not there is a mistake; one that has not begun yet is none.
ExitCode LogsCommand::tell_nothing_of_node() {
  constexpr std::size_t kMostListed = 10;
  const bool is_known = stories_.never_started() == 0;
  const std::string advice = spelling_advice(settings_.node, stories_.node_words(),
                                             is_known ? "its nodes are" : "it has started", kMostListed);
  if (is_known) {
    diagnostics_.error(with_hint(
        noun_of(settings_.id) + " " + settings_.id + " has no node '" + settings_.node + "'", advice));
    return kExitUsage;
  }
  diagnostics_.warning(with_hint(
      "nothing has been heard of a node '" + settings_.node + "'" + (stories_.has_ended() ? "" : " so far"),
      advice));
  return kExitSuccess;
}

std::optional<CallError> LogsCommand::read_run(DaemonConnection& connection, StreamWriter& writer) {
  EventFollower follower(connection, settings_.id, 0, settings_.follows);
  const auto on_event = [this, &writer](const Value& event, std::string_view) {
    writer.append(lines_of(event));
    return !writer.reader_gone();
  };
  const auto on_lost = [this] { diagnostics_.warning("the daemon went away; looking for it"); };
  std::optional<CallError> error = follower.read({on_event, on_lost});
  has_lost_events_ = follower.has_found_nothing();
  return error;
}

std::optional<CallError> LogsCommand::read_group(DaemonConnection& connection, StreamWriter& writer) {
  GroupFollower follower(connection, settings_.id, settings_.follows);
  const auto on_runs = [this](const std::vector<GroupFollower::Run>& runs) { prefixes_.learn(runs); };
  const auto on_event = [this, &writer](const GroupFollower::Run& run, const Value& event) {
    writer.append(prefixes_.before(lines_of(event), run));
    return !writer.reader_gone();
  };
  const auto on_lost = [this] { diagnostics_.warning("the daemon went away; looking for it"); };
  return follower.read({on_runs, on_event, on_lost});
}

ExitCode LogsCommand::run() {
  const Result<DaemonAddress> address = daemon_address(settings_.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics_);
  DaemonConnection connection(*address);
  const ClientStopper stopper(connection);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics_);
  const ReaderWatch reader(connection);
  StreamWriter writer(STDOUT_FILENO);
  const std::optional<CallError> error =
      is_of_group() ? read_group(connection, writer) : read_run(connection, writer);
  if (const Result<void> written = writer.close(); !written)
    return report_output_failure("standard output", written.error().message, diagnostics_);
  if (stopper.code() != kExitSuccess || reader.is_gone()) return stopper.code();
  if (error) return report_call_error(*error, "", diagnostics_);
  if (has_lost_events_) return report_lost_events(settings_.id, diagnostics_);
  return settings_.node.empty() || has_met_node_ ? kExitSuccess : tell_nothing_of_node();
}

}  // namespace

void set_up_logs(CommandSpec& command) {
  auto settings = std::make_shared<LogsSettings>();
  add_text(
      command, "ID", settings->id, "",
      "The id of a run or a group, or its beginning; each line of a group's has the run's value in front")
      .is_required = true;
  add_nonempty_text(command, "NODE", settings->node, "",
                    "Only of that node: a name, an instance's id, its beginning, or a node type");
  add_switch(command, "-f,--follow", settings->follows,
             "Go on with what is new until the run, or all runs of the group, have ended");
  add_choice(command, "--level", kLevels,
             "Only what is at least so bad: info (default), success, warning, error",
             [settings = settings.get()](LogLevel level) { settings->level = level; });
  declare_place_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return LogsCommand(*settings, diagnostics).run(); };
}

}  // namespace vnode
