#include <algorithm>

#include "graph/map_body.h"
#include "graph/topology.h"
#include "validate/checks.h"

namespace vnode {
namespace {

/// Works by its presence (rule 4), so it needs no wire.
constexpr std::string_view kPrismNode = "prism_core_init";

std::string describe_cycle(const Subject& subject, const std::vector<NodeIndex>& cycle) {
  return cycle_text(cycle.size(), [&](std::size_t i) { return subject.label(cycle[i]); });
}

bool is_init(const Subject& subject, NodeIndex node) { return subject.node(node).init_priority > 0; }

/// Rule 7.
bool is_start(const Subject& subject, NodeIndex node) {
  if (is_init(subject, node) || !subject.graph().is_connected(node)) return false;
  const PortTable* ports = subject.view(node).ports;
  return !subject.graph().is_flow_driven(node) || (ports && !ports->has_exec_input());
}

/// False for an exec wire that no event can make fire: its source port is no exec output (a bypassed node
/// fires all).
bool can_fire(const Subject& subject, WireIndex wire) {
  const NodeIndex from = subject.graph().from(wire);
  const PortTable* ports = subject.view(from).ports;
  if (!ports || subject.node(from).bypassed) return true;
  const Port* port = ports->output(subject.workflow().connections[wire].from_port);
  return port && port->is_exec();
}

/// For every node whether a chain can come to it. Nodes without exec wire need no search: where they are
/// connected they are start nodes themselves.
std::vector<bool> find_reachable(const Subject& subject, const std::vector<NodeIndex>& starts) {
  std::vector<bool> reachable(subject.graph().node_count(), false);
  std::vector<NodeIndex> queue = starts;
  for (NodeIndex node : starts) reachable[node] = true;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    for (WireIndex wire : subject.graph().exec_out(queue[head])) {
      const NodeIndex target = subject.graph().to(wire);
      if (reachable[target] || !can_fire(subject, wire)) continue;
      reachable[target] = true;
      queue.push_back(target);
    }
  }
  return reachable;
}

/// True when data goes round through a node that exec wires run: each time it runs it takes what the last
/// time has given. A cycle of data alone would pull itself, and one of exec wires alone ends where it began.
bool feeds_back(const Subject& subject, const std::vector<NodeIndex>& cycle) {
  const Graph& graph = subject.graph();
  const bool is_run = std::any_of(cycle.begin(), cycle.end(),
                                  [&graph](NodeIndex node) { return graph.is_flow_driven(node); });
  for (std::size_t i = 0; is_run && i < cycle.size(); ++i) {
    const NodeIndex next = cycle[(i + 1) % cycle.size()];
    for (WireIndex wire : graph.data_out(cycle[i])) {
      if (graph.to(wire) == next) return true;
    }
  }
  return false;
}

void check_feedback(const Subject& subject, ProblemList& problems) {
  auto counts = [&](WireIndex wire) {
    return subject.workflow().connections[wire].to_port != kFeedbackPort &&
           !is_map_result(subject.workflow(), subject.graph(), wire);
  };
  for (const std::vector<NodeIndex>& cycle : find_cycles(subject.graph(), counts)) {
    const Severity severity = feeds_back(subject, cycle) ? Severity::kNote : Severity::kWarning;
    problems.add(severity, "feedback_cycle", [&] {
      return Problem{.pointer = node_pointer(cycle.front()),
                     .message = "wires lead round in a cycle: " + describe_cycle(subject, cycle) +
                                "; a node that is executing is not entered again",
                     .hint = "fine if a result is meant to be fed back; otherwise remove one of the wires",
                     .node = subject.label(cycle.front())};
    });
  }
}

void check_reach(const Subject& subject, ProblemList& problems) {
  std::vector<NodeIndex> starts;
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    if (is_init(subject, node) || is_start(subject, node)) starts.push_back(node);
  }
  if (starts.empty()) {
    problems.warn("no_start", [] {
      return Problem{
          .pointer = "/nodes",
          .message = "there is no start node: an exec wire arrives at every node, so nothing runs",
          .hint = "remove the exec wire into the node that is to run first, or give it an init_priority"};
    });
    return;
  }
  const std::vector<bool> reachable = find_reachable(subject, starts);
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    if (reachable[node] || !subject.graph().is_connected(node)) continue;
    problems.warn("unreachable", [&] {
      return Problem{
          .pointer = node_pointer(node),
          .message = subject.label(node) + " never runs: no exec wires lead to it from a start node",
          .hint = "wire it to a node that runs, or remove it",
          .node = subject.label(node)};
    });
  }
}

void check_unconnected(const Subject& subject, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    if (subject.graph().is_connected(node) || is_init(subject, node)) continue;
    if (subject.node(node).node_id == kPrismNode) continue;
    problems.warn("unconnected", [&] {
      return Problem{
          .pointer = node_pointer(node),
          .message = subject.label(node) + " never runs: it has no wires, and the workflow has exec wires",
          .hint = "wire it, give it an init_priority, or remove it",
          .node = subject.label(node)};
    });
  }
}

}  // namespace

void check_data_cycles(const Subject& subject, ProblemList& problems) {
  if (subject.graph().has_exec_wires()) return;
  const WireFilter counts = ordering_wires(subject.workflow(), subject.graph());
  for (const std::vector<NodeIndex>& cycle : find_cycles(subject.graph(), counts)) {
    problems.error("cycle", [&] {
      return Problem{.pointer = node_pointer(cycle.front()),
                     .message = "data wires lead round in a cycle, so none of its nodes can be first: " +
                                describe_cycle(subject, cycle),
                     .hint = "remove one of these wires, or use exec wires to say what runs when",
                     .node = subject.label(cycle.front())};
    });
  }
}

void check_flow(const Subject& subject, ProblemList& problems) {
  if (!subject.graph().has_exec_wires()) return;
  check_feedback(subject, problems);
  check_reach(subject, problems);
  check_unconnected(subject, problems);
}

}  // namespace vnode
