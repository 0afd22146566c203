#include "apps/vnode/commands/command_examples.h"

#include <array>
#include <string>

namespace vnode {
namespace {

struct ExampleRow {
  std::string_view path, line, help;
};

constexpr std::array kExamples = {
    ExampleRow{"run", "vnode run shot.yaml", "on a terminal a live view, else events"},
    ExampleRow{"run", "vnode run shot.yaml -p frames=1-20 -p render.quality=final",
               "with a parameter, and an input of a node"},
    ExampleRow{"run", "vnode run shot.yaml -n", "what would run, and nothing else"},
    ExampleRow{"run", "vnode run shot.yaml --output sum.result -o quiet", "a result, for a script"},
    ExampleRow{"run", "vnode run shot.yaml -o ndjson | jq -r 'select(.type == \"node_error\") | .message'",
               "what has failed"},
    ExampleRow{"run", "vnode run shot.yaml --report junit.xml --timeout 2h", "in a CI job"},
    ExampleRow{"validate", "vnode validate shot.yaml --strict", "warnings count as well"},
    ExampleRow{"validate", "vnode validate *.json --load -o json",
               "with the definitions loaded, for programs"},
    ExampleRow{"graph", "vnode graph shot.yaml", "a tree on the terminal"},
    ExampleRow{"graph", "vnode graph shot.yaml --run run.ndjson --to shot.svg",
               "a picture of how a run went"},
    ExampleRow{"report", "vnode report run.ndjson --format junit --to junit.xml", "for Jenkins and GitLab"},
    ExampleRow{"inspect", "vnode inspect shot.yaml", "all that can be set, as -p takes it"},
    ExampleRow{"inspect", "vnode inspect shot.yaml --node render -o json", "one node, for programs"},
    ExampleRow{"init", "vnode init shot.yaml", "a file to start from"},
    ExampleRow{"convert", "vnode convert shot.json --to shot.yaml", "for people to write on"},
    ExampleRow{"convert", "vnode convert shot.yaml --check", "what only editors need of it"},
    ExampleRow{"export", "vnode export openjd shot.yaml --map frames --chunk 10 --to job.json",
               "a farm's job template"},
    ExampleRow{"journal show", "vnode journal show run.journal", "what was done, and what had only begun"},
    ExampleRow{"cache show", "vnode cache show --cache /scratch/cache", "what is in it"},
    ExampleRow{"cache clear", "vnode cache clear --cache /scratch/cache --older-than 30d",
               "what nobody has used for a month"},
    ExampleRow{"nodes list", "vnode nodes list --nodes .", "with the types of this folder"},
    ExampleRow{"nodes show", "vnode nodes show run_command", "its ports and defaults"},
    ExampleRow{"nodes check", "vnode nodes check .", "load all definitions here"},
    ExampleRow{"nodes new", "vnode nodes new my_node --python", "my_node.json, with comments"},
    ExampleRow{"nodes reload", "vnode nodes reload", "after a definition was changed"},
    ExampleRow{"serve", "vnode serve --detach", "in the background, for today"},
    ExampleRow{"submit", "vnode submit shot.yaml --map frames=1-200 --chunk 10", "a group of twenty runs"},
    ExampleRow{"serve", "vnode serve --metrics 127.0.0.1:9464", "in the foreground, for a service manager"},
    ExampleRow{"submit", "vnode submit shot.yaml --start", "prints the run's id"},
    ExampleRow{"submit", "vnode submit shot.yaml --queue night --priority 10 --retries 2",
               "later, and again when it fails"},
    ExampleRow{"submit", "vnode submit shot.yaml --key shot-010-v3 --wait", "once, whoever submits it again"},
    ExampleRow{"ps", "vnode ps --watch", "until q"},
    ExampleRow{"ps", "vnode ps --status failed --limit 20 -o json", "for programs"},
    ExampleRow{"show", "vnode show 2611", "an id's beginning will do"},
    ExampleRow{"show", "vnode show 261121-00001 -o json", "also what it was submitted with, for programs"},
    ExampleRow{"result", "vnode result 261121-00001 sum.result", "as JSON"},
    ExampleRow{"events", "vnode events 261121-00001 --follow", "what was, then what comes"},
    ExampleRow{"logs", "vnode logs 261121-00001 render --level warning", "what a node has to complain of"},
    ExampleRow{"logs", "vnode logs 261121-00001 --follow", "of all nodes, as it comes"},
    ExampleRow{"logs", "vnode logs g261121-00001 -f", "of a group: each line with its run's value in front"},
    ExampleRow{"wait", "vnode wait 261121-00001 261121-00002", "the exit code is the first that is not 0"},
    ExampleRow{"wait", "vnode wait 261121-00001 --timeout 10m", "124 when it takes longer"},
    ExampleRow{"cancel", "vnode cancel 261121-00001", "one run"},
    ExampleRow{"cancel", "vnode cancel --info shot=010", "all of that shot that has not ended"},
    ExampleRow{"cancel", "vnode cancel --all", "whatever has not ended"},
    ExampleRow{"retry", "vnode retry 261121-00001", "what is not done yet, by the run's journal"},
    ExampleRow{"retry", "vnode retry 261121-00001 -p quality=final",
               "what depends on that, and what follows"},
    ExampleRow{"retry", "vnode retry --failed --info shot=010", "all of that shot that did not end well"},
    ExampleRow{"pause", "vnode pause 261121-00001 --stop", "its processes too"},
    ExampleRow{"pause", "vnode pause --info shot=010", "all of that shot"},
    ExampleRow{"unpause", "vnode unpause 261121-00001", "on with it"},
    ExampleRow{"explain", "vnode explain 261121-00001", "why it does not run"},
    ExampleRow{"explain", "vnode explain 261121-00001 render", "what has become of a node"},
    ExampleRow{"explain", "vnode explain g261121-00001",
               "which runs of a group have not ended well, and why"},
    ExampleRow{"explain", "vnode explain run.ndjson",
               "of each node why it ran, or did not: run --events run.ndjson"},
    ExampleRow{"clear", "vnode clear --ended --older-than 7d -n", "how many that would be"},
    ExampleRow{"queue list", "vnode queue list", "and the resources"},
    ExampleRow{"queue set", "vnode queue set night 4", "four runs at a time"},
    ExampleRow{"queue pause", "vnode queue pause night", "what runs goes on"},
    ExampleRow{"queue resume", "vnode queue resume night", "start runs of it again"},
    ExampleRow{"queue remove", "vnode queue remove night", "once it is empty"},
    ExampleRow{"info", "vnode info", "version, counts, where it is"},
    ExampleRow{"shutdown", "vnode shutdown --grace 1m", "runs get a minute to end"},
    ExampleRow{"config show", "vnode config show", "what is in force, and why"},
    ExampleRow{"schema", "vnode schema events", "what a reader of the stream can rely on"},
    ExampleRow{"completion", "vnode completion bash > ~/.local/share/bash-completion/completions/vnode",
               "for good"},
    ExampleRow{"man", "vnode man run | man -l -", "read a page"},
    ExampleRow{"man", "vnode man --pages man1", "all pages, for an installation"},
};

}  // namespace

std::vector<CommandExample> examples_of(std::string_view path) {
  std::vector<CommandExample> examples;
  for (const ExampleRow& row : kExamples) {
    if (row.path == path) examples.push_back({std::string(row.line), std::string(row.help)});
  }
  return examples;
}

}  // namespace vnode
