#include "graph/graph_editor.h"

#include <algorithm>
#include <utility>

#include "graph/map_body.h"
#include "graph/topology.h"

namespace vnode {
namespace {

bool is_equal(const Connection& a, const Connection& b) {
  return a.is_exec == b.is_exec && a.from_node == b.from_node && a.to_node == b.to_node &&
         a.from_port == b.from_port && a.to_port == b.to_port;
}

void erase_one(std::vector<Uuid>& ids, const Uuid& id) {
  auto found = std::find(ids.begin(), ids.end(), id);
  if (found != ids.end()) ids.erase(found);
}

/// One of the two searches for a way: breadth-first, one neighbour a step.
class Search {
 public:
  explicit Search(const Uuid& start) : came_from_{{start, start}}, queue_{start} {}

  bool exhausted() const { return head_ == queue_.size(); }
  const Uuid& current() const { return queue_[head_]; }

  /// Looks at the next neighbour of the current node. True when that is `goal`.
  bool step(const std::vector<Uuid>& neighbours, const Uuid& goal) {
    if (neighbour_ == neighbours.size()) {
      ++head_;
      neighbour_ = 0;
      return false;
    }
    const Uuid& next = neighbours[neighbour_++];
    if (came_from_.try_emplace(next, current()).second) queue_.push_back(next);
    return next == goal;
  }

  /// From `goal` back to the start.
  std::vector<Uuid> way_back(const Uuid& goal) const {
    std::vector<Uuid> way = {goal};
    for (;;) {
      const Uuid& before = came_from_.at(way.back());
      if (before == way.back()) return way;
      way.push_back(before);
    }
  }

 private:
  std::unordered_map<Uuid, Uuid> came_from_;
  std::vector<Uuid> queue_;
  std::size_t head_ = 0;
  std::size_t neighbour_ = 0;
};

Error missing_node(const Uuid& id) {
  return {ErrorCode::kNotFound, "there is no node " + id.text() + "; add it first"};
}

}  // namespace

GraphEditor::GraphEditor(Workflow workflow) : workflow_(std::move(workflow)) {
  for (const NodeInstance& node : workflow_.nodes) {
    Links& links = links_[node.instance_id];
    links.exists = true;
    links.is_map = is_map(node);
  }
  for (const Connection& connection : workflow_.connections) link(connection);
}

Result<void> GraphEditor::add_node(NodeInstance node) {
  Links& links = links_[node.instance_id];
  if (links.exists) {
    return Error{ErrorCode::kInvalidValue, "the instance id is taken", {.node = label(node.instance_id)}};
  }
  links.exists = true;
  links.is_map = is_map(node);
  workflow_.nodes.push_back(std::move(node));
  return {};
}

Result<void> GraphEditor::remove_node(const Uuid& instance_id) {
  if (!has_node(instance_id)) return missing_node(instance_id);
  std::erase_if(workflow_.nodes, [&](const NodeInstance& node) { return node.instance_id == instance_id; });
  std::erase_if(workflow_.connections, [&](const Connection& connection) {
    return connection.from_node == instance_id || connection.to_node == instance_id;
  });
  const Links links = std::move(links_.extract(instance_id).mapped());
  for (const Uuid& neighbour : links.next) {
    if (neighbour != instance_id) std::erase(links_.at(neighbour).previous, instance_id);
  }
  for (const Uuid& neighbour : links.previous) {
    if (neighbour != instance_id) std::erase(links_.at(neighbour).next, instance_id);
  }
  return {};
}

Result<void> GraphEditor::add_connection(Connection connection) {
  for (const Uuid& end : {connection.from_node, connection.to_node}) {
    if (!has_node(end)) return missing_node(end);
  }
  if (orders(connection)) {
    const std::vector<Uuid> way = find_way(connection.to_node, connection.from_node);
    if (!way.empty()) {
      return Error{ErrorCode::kInvalidValue,
                   "the wire would close the cycle " + cycle_text(way.size(), [&](std::size_t i) {
                     return label(way[i]);
                   }) + "; only wires into a port named break_condition may close one"};
    }
    link(connection);
  }
  workflow_.connections.push_back(std::move(connection));
  return {};
}

Result<void> GraphEditor::remove_connection(const Connection& connection) {
  auto& connections = workflow_.connections;
  auto found = std::find_if(connections.begin(), connections.end(),
                            [&](const Connection& other) { return is_equal(connection, other); });
  if (found == connections.end()) return Error{ErrorCode::kNotFound, "there is no such connection"};
  unlink(*found);
  connections.erase(found);
  return {};
}

Workflow GraphEditor::take() {
  links_.clear();
  return std::exchange(workflow_, {});
}

bool GraphEditor::has_node(const Uuid& instance_id) const {
  auto found = links_.find(instance_id);
  return found != links_.end() && found->second.exists;
}

/// Wires of both kinds order nodes here, unless they are feedback.
bool GraphEditor::orders(const Connection& connection) const {
  if (connection.to_port == kFeedbackPort) return false;
  const auto target = links_.find(connection.to_node);
  return connection.to_port != kMapResult || target == links_.end() || !target->second.is_map;
}

void GraphEditor::link(const Connection& connection) {
  if (!orders(connection)) return;
  links_[connection.from_node].next.push_back(connection.to_node);
  links_[connection.to_node].previous.push_back(connection.from_node);
}

void GraphEditor::unlink(const Connection& connection) {
  if (!orders(connection)) return;
  erase_one(links_.at(connection.from_node).next, connection.to_node);
  erase_one(links_.at(connection.to_node).previous, connection.from_node);
}

std::vector<Uuid> GraphEditor::find_way(const Uuid& from, const Uuid& to) const {
  if (from == to) return {from};
  // Searching from both ends in turn costs twice the cheaper of the two: a chain that is built one wire after
  // the other, forwards or backwards, has nothing behind one of its ends.
  Search forwards(from);
  Search backwards(to);
  while (!forwards.exhausted() && !backwards.exhausted()) {
    if (forwards.step(links_.at(forwards.current()).next, to)) {
      std::vector<Uuid> way = forwards.way_back(to);
      std::reverse(way.begin(), way.end());
      return way;
    }
    if (backwards.step(links_.at(backwards.current()).previous, from)) return backwards.way_back(from);
  }
  return {};
}

std::string GraphEditor::label(const Uuid& instance_id) const {
  auto found = std::find_if(workflow_.nodes.begin(), workflow_.nodes.end(),
                            [&](const NodeInstance& node) { return node.instance_id == instance_id; });
  return found == workflow_.nodes.end() ? instance_id.text() : node_label(*found);
}

}  // namespace vnode
