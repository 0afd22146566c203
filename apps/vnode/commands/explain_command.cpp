#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/event_follower.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/show/group_story.h"
#include "apps/vnode/show/node_story.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/spelling.h"
#include "model/json_reader.h"
#include "model/members.h"
#include "store/run_id.h"

namespace vnode {
namespace {

struct ExplainSettings {
  ClientOptions client;
  std::string id;  ///< of a daemon's run, or a file of events
  std::string node;
};

std::string text_of(const Value& explanation) {
  std::string text = text_member(explanation, "text");
  return text.empty() ? text_member(explanation, "status") : text;
}

ExitCode explain_run(const ExplainSettings& settings, Diagnostics& diagnostics) {
  const Dict params = {{"id", Value(settings.id)}};
  Value reply;
  const ExitCode code = ask_daemon(settings.client, "run.explain", params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  return print(harmless_lines(text_of(reply)) + "\n", diagnostics);
}

/// The group, and those of its runs that say most.
ExitCode explain_group(const ExplainSettings& settings, Diagnostics& diagnostics) {
  const Result<DaemonAddress> address = daemon_address(settings.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics);
  DaemonConnection connection(*address);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics);
  const auto found = connection.call("group.get", {{"id", Value(settings.id)}});
  if (const auto* error = std::get_if<CallError>(&found)) return report_call_error(*error, "", diagnostics);
  const Value& group = std::get<Value>(found);
  std::vector<Value> runs;
  const std::vector<std::string> statuses = telling_statuses(group);
  if (!statuses.empty()) {
    const auto page = connection.call(
        "run.list", {{"group", text_member(group, "id")},
                     {"statuses", Value::list(std::vector<Value>(statuses.begin(), statuses.end()))},
                     {"limit", static_cast<std::int64_t>(kMostRunsTold)}});
    if (const auto* error = std::get_if<CallError>(&page)) return report_call_error(*error, "", diagnostics);
    const std::span<const Value> listed = list_member(std::get<Value>(page), "runs");
    runs.assign(listed.begin(), listed.end());
  }
  if (settings.client.is_json()) return print_json(group_story_value(group, runs), diagnostics);
  return print(harmless_lines(group_story_text(group, runs)), diagnostics);
}

/// Of a name that stands for none of the nodes that the events tell of.
std::string node_advice(const ExplainSettings& settings, const NodeStories& stories, const char* what) {
  constexpr std::size_t kMostListed = 10;
  return spelling_advice(settings.node, stories.node_words(), what, kMostListed);
}

/// A file of events counts more than a run's id.
bool is_file(const std::string& source) {
  std::error_code error;
  return source == "-" || source.find('/') != source.npos || std::filesystem::exists(source, error);
}

ExitCode tell_stories(const ExplainSettings& settings, const Value& run, const NodeStories& stories,
                      Diagnostics& diagnostics) {
  if (stories.stories().empty() && stories.never_started() == 0) {
    diagnostics.error(with_hint("run " + text_member(run, "id") + " has no node '" + settings.node + "'",
                                node_advice(settings, stories, "its nodes are")));
    return kExitUsage;
  }
  if (settings.client.is_json()) {
    std::vector<Value> nodes;
    for (const NodeStory& story : stories.stories()) nodes.push_back(story_value(story));
    return print_json(Value(Dict{{"id", text_member(run, "id")},
                                 {"status", text_member(run, "status")},
                                 {"nodes", Value::list(std::move(nodes))}}),
                      diagnostics);
  }
  std::string text;
  for (const NodeStory& story : stories.stories()) text += story_text(story) + "\n";
  if (text.empty()) {
    const std::string nothing = "nothing has started '" + settings.node + "'" +
                                (stories.has_ended() ? "" : " so far") +
                                ", if the workflow has such a node; " + text_of(run);
    text = with_hint(nothing, node_advice(settings, stories, "it has started")) + "\n";
  }
  return print(harmless_lines(text), diagnostics);
}

/// Of each node, or of those that are meant, from a file of events (run --events).
ExitCode explain_file(const ExplainSettings& settings, Diagnostics& diagnostics) {
  std::ifstream file;
  if (settings.id != "-") file.open(settings.id);
  std::istream& lines = settings.id == "-" ? std::cin : file;
  if (!lines) {
    diagnostics.error("cannot read " + settings.id);
    return kExitUsage;
  }
  NodeStories stories(settings.node);
  std::string line, id, status;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    const Result<Value> event = parse_json(line);
    if (!event || text_view(*event, "type").empty()) {
      if (lines.eof()) break;  // of a run that was cut off
      diagnostics.error(settings.id + ":" + std::to_string(number) + ": this is no event of a run");
      return kExitInvalid;
    }
    if (id.empty()) id = text_member(*event, "run_id");
    if (text_view(*event, "type") == "execution_finished") status = text_member(*event, "status");
    stories.add(*event);
  }
  return tell_stories(settings, Dict{{"id", id}, {"status", status}}, stories, diagnostics);
}

/// From the run's events so far.
ExitCode explain_node(const ExplainSettings& settings, Diagnostics& diagnostics) {
  const Result<DaemonAddress> address = daemon_address(settings.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics);
  DaemonConnection connection(*address);
  const ClientStopper stopper(connection);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics);
  const auto run = connection.call("run.explain", {{"id", Value(settings.id)}});
  if (stopper.code() != kExitSuccess) return stopper.code();
  if (const auto* error = std::get_if<CallError>(&run)) return report_call_error(*error, "", diagnostics);
  NodeStories stories(settings.node);
  const auto on_event = [&stories](const Value& event, std::string_view) {
    stories.add(event);
    return true;
  };
  const auto on_lost = [&diagnostics] { diagnostics.warning("the daemon went away; looking for it"); };
  EventFollower follower(connection, settings.id, 0, false);
  const std::optional<CallError> error = follower.read({on_event, on_lost});
  if (stopper.code() != kExitSuccess) return stopper.code();
  if (error) return report_call_error(*error, "", diagnostics);
  if (follower.has_found_nothing()) return report_lost_events(settings.id, diagnostics);
  if (follower.has_gaps()) {
    diagnostics.warning("some of the run's events are missing; what they said is not in this");
  }
  return tell_stories(settings, std::get<Value>(run), stories, diagnostics);
}

}  // namespace

void set_up_explain(CommandSpec& command) {
  auto settings = std::make_shared<ExplainSettings>();
  add_text(command, "ID", settings->id, "",
           "The id of a run or a group, or its beginning; or a file of events (run --events)")
      .is_required = true;
  add_nonempty_text(
      command, "NODE", settings->node, "",
      "Say what has become of that node: a name, an instance's id, its beginning, or a node type");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) {
    if (is_file(settings->id)) return explain_file(*settings, diagnostics);
    if (!settings->node.empty()) return explain_node(*settings, diagnostics);
    return looks_like_group_id(settings->id) ? explain_group(*settings, diagnostics)
                                             : explain_run(*settings, diagnostics);
  };
}

}  // namespace vnode
