// Bodies of parallel maps: engine rule 44.
#include <unordered_map>
#include <unordered_set>

#include "graph/map_body.h"
#include "validate/checks.h"

namespace vnode {
namespace {

constexpr std::string_view kMapWire = "map_wire";

/// Looks at the wires around the body of one map.
class MapCheck {
 public:
  MapCheck(const Subject& subject, NodeIndex map, ProblemList& problems)
      : subject_(subject),
        graph_(subject.graph()),
        map_(map),
        body_(find_map_body(subject.workflow(), subject.graph(), map)),
        inside_(body_.begin(), body_.end()),
        problems_(problems) {}

  void run() {
    for (const NodeIndex node : body_) {
      for (const WireIndex wire : graph_.exec_in(node)) check_exec_in(wire);
      for (const WireIndex wire : graph_.exec_out(node)) check_exec_out(wire);
      for (const WireIndex wire : graph_.data_out(node)) check_data_out(wire);
      if (subject_.node(node).init_priority > 0) tell_init(node);
    }
    for (const WireIndex wire : graph_.data_out(map_)) {
      const std::string& port = subject_.workflow().connections[wire].from_port;
      if (port == kCurrentItem || port == kCurrentIndex) check_data_out(wire);
    }
  }

  const std::vector<NodeIndex>& body() const { return body_; }

 private:
  std::string end(NodeIndex node, const std::string& port) const {
    return subject_.label(node) + " (" + port + ")";
  }

  void report(WireIndex wire, const std::string& what, const std::string& hint) {
    problems_.error(kMapWire, [&] {
      const Connection& connection = subject_.workflow().connections[wire];
      return Problem{.pointer = wire_pointer(wire),
                     .message = std::string(connection.is_exec ? "the exec wire" : "the wire") + " from " +
                                end(graph_.from(wire), connection.from_port) + " to " +
                                end(graph_.to(wire), connection.to_port) + " " + what + " of " +
                                subject_.label(map_) + ", which is executed for each item by itself",
                     .hint = hint,
                     .node = subject_.label(map_)};
    });
  }

  void check_exec_in(WireIndex wire) {
    const NodeIndex from = graph_.from(wire);
    if (inside_.contains(from)) return;
    if (from == map_ && subject_.workflow().connections[wire].from_port == kEachItem) return;
    report(wire, "leads into the body",
           "only each_item, and the body itself, may run its nodes; use a node of its own");
  }

  void check_exec_out(WireIndex wire) {
    if (graph_.to(wire) == map_)
      report(wire, "leads back to the map from the body", "remove it: the map goes on by itself");
  }

  void check_data_out(WireIndex wire) {
    const NodeIndex to = graph_.to(wire);
    if (inside_.contains(to)) return;
    if (to == map_ && subject_.workflow().connections[wire].to_port == kMapResult) return;
    report(wire, "leads out of the body",
           "wire what a body gives to 'result' of the map, and take it from 'results'");
  }

  void tell_init(NodeIndex node) {
    problems_.warn("map_init", [&] {
      return Problem{.pointer = node_pointer(node) + "/init_priority",
                     .message = subject_.label(node) + " is in the body of " + subject_.label(map_) +
                                ": it has no part in the init phase",
                     .hint = "take away its init_priority, or the node out of the body",
                     .node = subject_.label(node)};
    });
  }

  const Subject& subject_;
  const Graph& graph_;
  const NodeIndex map_;
  const std::vector<NodeIndex> body_;
  const std::unordered_set<NodeIndex> inside_;
  ProblemList& problems_;
};

void report_shared(const Subject& subject, NodeIndex node, NodeIndex map, NodeIndex other,
                   ProblemList& problems) {
  problems.error(kMapWire, [&] {
    return Problem{.pointer = node_pointer(node),
                   .message = subject.label(node) + " depends on the items of " + subject.label(map) +
                              " and of " + subject.label(other) + ", and neither is in the body of the other",
                   .hint = "give each map a node of its own, or put one map into the body of the other",
                   .node = subject.label(node)};
  });
}

}  // namespace

void check_maps(const Subject& subject, ProblemList& problems) {
  std::unordered_map<NodeIndex, std::vector<NodeIndex>> maps_of;  // of the nodes of bodies
  std::vector<NodeIndex> maps;
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    if (!is_map(subject.node(node))) continue;
    MapCheck check(subject, node, problems);
    check.run();
    maps.push_back(node);
    for (const NodeIndex inside : check.body()) maps_of[inside].push_back(node);
  }
  const auto is_inside = [&](NodeIndex map, NodeIndex other) {
    for (const NodeIndex around : maps_of[map]) {
      if (around == other) return true;
    }
    return false;
  };
  for (NodeIndex node = 0; maps.size() > 1 && node < subject.graph().node_count(); ++node) {
    const auto found = maps_of.find(node);
    if (found == maps_of.end()) continue;
    const std::vector<NodeIndex> around = found->second;
    for (std::size_t i = 1; i < around.size(); ++i) {
      if (is_inside(around[i - 1], around[i]) || is_inside(around[i], around[i - 1])) continue;
      report_shared(subject, node, around[i - 1], around[i], problems);
      break;
    }
  }
}

}  // namespace vnode
