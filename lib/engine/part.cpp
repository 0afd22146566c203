#include "engine/part.h"

#include <algorithm>
#include <set>

#include "base/spelling.h"
#include "engine/node_address.h"
#include "engine/plan_data.h"
#include "model/members.h"

namespace vnode {
namespace {

/// Works by its presence (rule 4).
constexpr std::string_view kPrismNode = "prism_core_init";

/// Whether people may have meant an inner node with that word, with or without a port behind it.
bool is_called(const Value& node, std::string_view word) {
  const Value* parameters = member(node, "parameters");
  const std::string name = parameters ? text_member(*parameters, "__name__") : std::string();
  const auto begins = [word](std::string_view called) {
    return !called.empty() && word.starts_with(called) &&
           (word.size() == called.size() || word[called.size()] == '.');
  };
  return begins(name) || begins(text_view(node, "node_id")) || begins(text_view(node, "instance_id"));
}

/// The outermost group in which there is a node of that name; null: none.
const NodeInstance* group_around(const Workflow& workflow, std::string_view word) {
  for (const NodeInstance& group : workflow.nodes) {
    const Value* document = group.node_id == kGroupNode ? group.parameters.find("__workflow__") : nullptr;
    if (!document) continue;
    std::vector<Value> work = {*document};
    while (!work.empty()) {
      const Value inner = std::move(work.back());
      work.pop_back();
      for (const Value& node : list_member(inner, "nodes")) {
        if (is_called(node, word)) return &group;
        const Value* parameters = member(node, "parameters");
        const Value* deeper = parameters ? member(*parameters, "__workflow__") : nullptr;
        if (deeper) work.push_back(*deeper);
      }
    }
  }
  return nullptr;
}

}  // namespace

class PartFinder {
 public:
  PartFinder(const Workflow& workflow, const Registry& registry, Problems& problems)
      : workflow_(workflow), registry_(registry), problems_(problems), graph_(workflow) {}

  std::optional<Part> find(const PartRequest& request) {
    const std::size_t known = problems_.size();
    read(request);
    if (problems_.size() > known) return std::nullopt;
    if (part_.is_single_) {
      keep_single();
    } else if (!part_.targets_.empty()) {
      keep_needed();
      if (problems_.size() > known) return std::nullopt;
    }
    return std::move(part_);
  }

 private:
  void complain(std::string code, std::string message, std::string hint = {}, std::string node = {}) {
    problems_.push_back({.severity = Severity::kError,
                         .code = std::move(code),
                         .pointer = "",
                         .message = std::move(message),
                         .hint = std::move(hint),
                         .node = std::move(node)});
  }

  // ---- what was asked for

  void read(const PartRequest& request) {
    if (!request.only.empty() && !(request.targets.empty() && request.skips.empty()))
      complain("bad_part", "--only is a node alone, so there is nothing for --target or --skip");
    for (const std::string& text : request.targets) {
      if (const std::optional<NodeIndex> node = target_of(text)) part_.targets_.push_back(*node);
    }
    sort_once(part_.targets_);
    for (const std::string& text : request.skips) {
      const std::optional<NodeIndex> node = node_of("--skip", text);
      if (!node) continue;
      part_.skips_.push_back(*node);
      if (std::binary_search(part_.targets_.begin(), part_.targets_.end(), *node))
        complain("bad_part", "--skip " + text + ": the node is also a target", "", label(*node));
    }
    sort_once(part_.skips_);
    if (request.only.empty()) return;
    part_.is_single_ = true;
    if (const std::optional<NodeIndex> node = node_of("--only", request.only)) part_.targets_ = {*node};
  }

  static void sort_once(std::vector<NodeIndex>& nodes) {
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  }

  /// With the option in front of what was wrong with its word.
  template <class Resolve>
  std::optional<NodeAddress> resolve(const std::string& option, const std::string& text, Resolve resolve) {
    const std::size_t known = problems_.size();
    std::optional<NodeAddress> address = resolve();
    if (problems_.size() == known) return address;
    Problem& problem = problems_.back();
    problem.message.insert(0, option + " " + text + ": ");
    const NodeInstance* group = problem.code == "unknown_node" ? group_around(workflow_, text) : nullptr;
    if (group) {
      problem.code = "bad_part";
      problem.message =
          option + " " + text + ": it is inside of a group, which runs as a whole or not at all";
      problem.hint = "name the group: " + group->instance_id.text();
      problem.node = node_label(*group);
    }
    return std::nullopt;
  }

  std::optional<NodeIndex> node_of(const std::string& option, const std::string& text) {
    const std::optional<NodeAddress> address =
        resolve(option, text, [&] { return resolve_address(workflow_, text, "", problems_); });
    if (!address) return std::nullopt;
    return static_cast<NodeIndex>(address->node);
  }

  std::optional<NodeIndex> target_of(const std::string& text) {
    const std::optional<NodeAddress> address =
        resolve("--target", text, [&] { return resolve_target(workflow_, text, problems_); });
    if (!address) return std::nullopt;
    const auto node = static_cast<NodeIndex>(address->node);
    if (!address->port.empty()) check_output(node, address->port, text);
    return node;
  }

  void check_output(NodeIndex node, const std::string& port, const std::string& text) {
    const std::optional<InstancePorts> ports = instance_ports(workflow_.nodes[node], registry_);
    if (!ports) return;
    std::vector<std::string> names;
    for (const Port& output : ports->outputs) {
      if (output.name == port) return;
      names.push_back(output.name);
    }
    complain("unknown_port", "--target " + text + ": no output '" + port + "'",
             names.empty() ? "the node has no outputs: name it alone"
                           : spelling_advice(port, names, "its outputs are"),
             label(node));
  }

  // ---- what is needed for it

  void keep_single() {
    part_.kept_nodes_.assign(workflow_.nodes.size(), false);
    part_.kept_nodes_[part_.targets_.front()] = true;
    part_.kept_wires_.assign(workflow_.connections.size(), false);
    part_.is_last_ = {false};
  }

  void keep_needed() {
    is_needed_.assign(workflow_.nodes.size(), false);
    is_on_path_.assign(workflow_.nodes.size(), false);
    if (graph_.has_exec_wires()) find_reachable();
    for (NodeIndex node = 0; node < workflow_.nodes.size(); ++node) {
      if (is_init(node) || (is_prism(node) && !graph_.has_exec_wires())) need(node);
    }
    for (const NodeIndex target : part_.targets_) {
      if (!is_init(target)) need_by_path(target);
      check_reach(target);
    }
    while (!work_.empty()) {
      const NodeIndex node = work_.back();
      work_.pop_back();
      for (const WireIndex wire : graph_.data_in(node)) need_by_path(graph_.from(wire));
      if (!is_on_path_[node]) continue;
      for (const WireIndex wire : graph_.exec_in(node)) {
        if (is_reachable_[graph_.from(wire)]) need_by_path(graph_.from(wire));
      }
    }
    keep_wires();
    find_last_targets();
  }

  void need(NodeIndex node) {
    if (is_needed_[node]) return;
    is_needed_[node] = true;
    work_.push_back(node);
  }

  /// An init node may be needed for itself, and its exec paths only later.
  void need_by_path(NodeIndex node) {
    if (is_on_path_[node]) return;
    is_on_path_[node] = true;
    is_needed_[node] = true;
    work_.push_back(node);
  }

  /// An exec wire fires only towards what is needed by it. What is there by its presence alone has no wires,
  /// and so does not start in a flow.
  void keep_wires() {
    part_.kept_wires_.assign(workflow_.connections.size(), false);
    for (NodeIndex node = 0; node < workflow_.nodes.size(); ++node) {
      if (!is_needed_[node]) continue;
      for (const WireIndex wire : graph_.data_in(node)) part_.kept_wires_[wire] = true;
      if (!is_on_path_[node]) continue;
      for (const WireIndex wire : graph_.exec_in(node))
        part_.kept_wires_[wire] = is_needed_[graph_.from(wire)];
    }
    part_.kept_nodes_ = is_needed_;
    for (NodeIndex node = 0; node < workflow_.nodes.size(); ++node) {
      if (is_prism(node)) part_.kept_nodes_[node] = true;
    }
  }

  bool is_prism(NodeIndex node) const { return workflow_.nodes[node].node_id == kPrismNode; }
  bool is_init(NodeIndex node) const { return workflow_.nodes[node].init_priority > 0; }

  /// Rule 7.
  bool is_start(NodeIndex node) const {
    return graph_.is_connected(node) && (!graph_.is_flow_driven(node) || !has_exec_input(node));
  }

  bool has_exec_input(NodeIndex node) const {
    const NodeInstance& instance = workflow_.nodes[node];
    const NodeTypePtr type = registry_.find(instance.node_id);
    const auto is_exec = [](const Port& port) { return port.is_exec(); };
    if (type && !type->restore_ports) {
      const std::vector<Port>& inputs = type->definition.inputs;
      return std::any_of(inputs.begin(), inputs.end(), is_exec);
    }
    const std::optional<InstancePorts> ports = instance_ports(instance, registry_);
    return !ports || std::any_of(ports->inputs.begin(), ports->inputs.end(), is_exec);
  }

  void find_reachable() {
    is_reachable_.assign(workflow_.nodes.size(), false);
    std::vector<NodeIndex> queue;
    for (NodeIndex node = 0; node < workflow_.nodes.size(); ++node) {
      is_reachable_[node] = is_init(node) || is_start(node);
      if (is_reachable_[node]) queue.push_back(node);
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
      for (const WireIndex wire : graph_.exec_out(queue[head])) {
        const NodeIndex target = graph_.to(wire);
        if (!is_reachable_[target]) queue.push_back(target);
        is_reachable_[target] = true;
      }
    }
  }

  void check_reach(NodeIndex target) {
    if (!graph_.is_flow_driven(target) || is_reachable_[target]) return;
    complain("unreachable_target", "the target never runs: no exec wires lead to it from a start node",
             "wire it to a node that runs, or name it with --only", label(target));
  }

  /// A data-only target whose value comes from nodes that exec wires run: it would be too early at the
  /// beginning.
  void find_last_targets() {
    std::vector<bool> is_behind = is_behind_flow();
    for (const NodeIndex target : part_.targets_)
      part_.is_last_.push_back(!graph_.is_flow_driven(target) && !is_init(target) && is_behind[target]);
  }

  /// For each node whether data wires through data-only nodes lead to it from one that exec wires run.
  std::vector<bool> is_behind_flow() const {
    std::vector<bool> is_behind(workflow_.nodes.size(), false);
    std::vector<NodeIndex> work;
    for (NodeIndex node = 0; node < workflow_.nodes.size(); ++node) {
      if (part_.kept_nodes_[node] && graph_.is_flow_driven(node)) work.push_back(node);
    }
    while (!work.empty()) {
      const NodeIndex node = work.back();
      work.pop_back();
      for (const WireIndex wire : graph_.data_out(node)) {
        const NodeIndex target = graph_.to(wire);
        if (is_behind[target] || graph_.is_flow_driven(target)) continue;
        is_behind[target] = true;
        work.push_back(target);
      }
    }
    return is_behind;
  }

  std::string label(NodeIndex node) const { return node_label(workflow_.nodes[node]); }

  const Workflow& workflow_;
  const Registry& registry_;
  Problems& problems_;
  const Graph graph_;
  Part part_;
  std::vector<bool> is_reachable_;  ///< by exec wires; empty in data-flow mode
  std::vector<bool> is_needed_;
  std::vector<bool> is_on_path_;  ///< its exec paths are needed, too
  std::vector<NodeIndex> work_;
};

std::optional<Part> Part::find(const Workflow& workflow, const Registry& registry, const PartRequest& request,
                               Problems& problems) {
  return PartFinder(workflow, registry, problems).find(request);
}

Cut Part::cut(Workflow& workflow) const {
  for (const NodeIndex node : skips_) workflow.nodes[node].bypassed = true;
  Cut cut;
  if (kept_nodes_.empty()) return cut;
  std::vector<NodeInstance> nodes;
  for (NodeIndex node = 0; node < kept_nodes_.size(); ++node) {
    if (!kept_nodes_[node]) continue;
    const auto target = std::lower_bound(targets_.begin(), targets_.end(), node);
    if (target != targets_.end() && *target == node) {
      const auto index = static_cast<NodeIndex>(nodes.size());
      const bool is_last = is_last_[static_cast<std::size_t>(target - targets_.begin())];
      (is_last ? cut.last_targets : cut.targets).push_back(index);
    }
    cut.places.push_back(node);
    nodes.push_back(std::move(workflow.nodes[node]));
  }
  std::vector<Connection> wires;
  const Connection* stray = nullptr;
  bool has_exec_wires = false;
  for (WireIndex wire = 0; wire < kept_wires_.size(); ++wire) {
    const bool is_exec = workflow.connections[wire].is_exec;
    if (is_exec && !stray) stray = &workflow.connections[wire];
    if (!kept_wires_[wire]) continue;
    has_exec_wires |= is_exec;
    wires.push_back(workflow.connections[wire]);
  }
  if (stray && !has_exec_wires && !is_single_) {
    // What is left of a flow stays one (rule 6): an exec wire that leads nowhere makes it so.
    wires.push_back(*stray);
    wires.back().from_node = wires.back().to_node = Uuid::random();
  }
  workflow.nodes = std::move(nodes);
  workflow.connections = std::move(wires);
  return cut;
}

}  // namespace vnode
