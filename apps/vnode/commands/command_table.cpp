#include "apps/vnode/commands/command_table.h"

#include <algorithm>
#include <array>

#include "apps/vnode/commands/command_examples.h"

namespace vnode {
namespace {

constexpr std::array kCommands = {
    Command{"run", "Run a workflow here and now", set_up_run},
    Command{"validate", "Report every problem of workflow files", set_up_validate},
    Command{"graph", "Draw a workflow, or how a run of it went: text, Graphviz, Mermaid, SVG", set_up_graph},
    Command{"report", "Make a report of a run: JUnit, a trace, Markdown", set_up_report},
    Command{"inspect", "Say what can be set and asked of a workflow: parameters, nodes, ports",
            set_up_inspect},
    Command{"init", "Write a workflow to start from", set_up_init},
    Command{"convert", "Write a workflow as YAML, or as JSON", set_up_convert},
    Command{"export", "Write a workflow as the job of a farm: a template of Open Job Description",
            set_up_export},
    Command{"journal", "Show what a run has written into its journal", set_up_journal},
    Command{"cache", "Show and clear the cache of executions that are not repeated", set_up_cache},
    Command{"nodes", "List and describe the node types that workflows can use", set_up_nodes},
    Command{"serve", "Run the daemon: it executes what is submitted", set_up_serve},
    Command{"submit", "Hand a run to the daemon", set_up_submit},
    Command{"ps", "List the daemon's runs", set_up_ps},
    Command{"show", "Everything about a run, or a group of runs", set_up_show},
    Command{"result", "Print what nodes of a run that has ended have given", set_up_result},
    Command{"events", "Print the event stream of a run", set_up_events},
    Command{"logs", "Show what a run, or those of a group, and their nodes have logged", set_up_logs},
    Command{"wait", "Wait for runs to end; the exit code is theirs", set_up_wait},
    Command{"cancel", "End runs", set_up_cancel},
    Command{"pause", "Let no node of runs start, until they are unpaused", set_up_pause},
    Command{"unpause", "Let paused runs go on", set_up_unpause},
    Command{"retry", "Try runs again that have ended", set_up_retry},
    Command{"explain", "Say why a run is not running, or what has become of a node", set_up_explain},
    Command{"clear", "Remove runs that have ended", set_up_clear},
    Command{"queue", "List, pause and change queues", set_up_queue},
    Command{"info", "How the daemon does", set_up_info},
    Command{"shutdown", "End the daemon", set_up_shutdown},
    Command{"config", "Show the settings in force, and where each comes from", set_up_config},
    Command{"schema", "Print a JSON Schema: events, workflow, node, rpc or config", set_up_schema},
    Command{"completion", "Print the script with which a shell completes command lines", set_up_completion},
    Command{"man", "Print the manual page of a command, for man -l -", set_up_man},
};

}  // namespace

std::span<const Command> command_table() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto found =
      std::find_if(kCommands.begin(), kCommands.end(), [name](const Command& c) { return c.name == name; });
  return found == kCommands.end() ? nullptr : &*found;
}

CommandSpec command_spec(const Command& command) {
  CommandSpec spec{.name = std::string(command.name), .summary = std::string(command.summary)};
  command.set_up(spec);
  spec.examples = examples_of(spec.name);
  for (CommandSpec& sub : spec.subcommands) sub.examples = examples_of(spec.name + " " + sub.name);
  return spec;
}

CommandSpec program_spec() {
  CommandSpec program{.name = "vnode", .summary = "Run node-graph workflows without the editor"};
  for (const Command& command : kCommands) program.subcommands.push_back(command_spec(command));
  return program;
}

}  // namespace vnode
