#include "engine/node_address.h"

#include <algorithm>
#include <exception>

#include "base/text.h"

namespace vnode {
namespace {

constexpr std::string_view kNameParameter = "__name__";

using NodeNumbers = std::vector<std::size_t>;

void report(Problems& problems, std::string code, std::string message, std::string hint) {
  problems.push_back({Severity::kError, std::move(code), "", std::move(message), std::move(hint)});
}

std::string_view name_of(const NodeInstance& node) {
  const Value* name = node.parameters.find(kNameParameter);
  return name && name->is_text() ? name->as_text() : std::string_view();
}

template <class Predicate>
NodeNumbers select(const Workflow& workflow, Predicate matches) {
  NodeNumbers found;
  for (std::size_t i = 0; i < workflow.nodes.size(); ++i) {
    if (matches(workflow.nodes[i])) found.push_back(i);
  }
  return found;
}

/// The nodes that a word stands for: by instance id, else by name, else by node id.
NodeNumbers find_nodes(const Workflow& workflow, std::string_view word) {
  if (word.empty()) return {};
  NodeNumbers found;
  if (const std::optional<Uuid> id = Uuid::parse(word)) {
    found = select(workflow, [&](const NodeInstance& node) { return node.instance_id == *id; });
  }
  if (found.empty())
    found = select(workflow, [&](const NodeInstance& node) { return name_of(node) == word; });
  if (found.empty()) found = select(workflow, [&](const NodeInstance& node) { return node.node_id == word; });
  return found;
}

void report_unknown_node(const Workflow& workflow, std::string_view word, Problems& problems) {
  std::vector<std::string> known;
  for (const NodeInstance& node : workflow.nodes) {
    known.push_back(node.node_id);
    if (!name_of(node).empty()) known.emplace_back(name_of(node));
  }
  report(problems, "unknown_node", "the workflow has no node '" + std::string(word) + "'",
         spelling_hint(word, known));
}

void report_ambiguous_node(const Workflow& workflow, std::string_view word, const NodeNumbers& nodes,
                           Problems& problems) {
  constexpr std::size_t kMaxListed = 10;
  std::string ids;
  for (std::size_t i = 0; i < std::min(nodes.size(), kMaxListed); ++i) {
    ids += (i == 0 ? "" : ", ") + workflow.nodes[nodes[i]].instance_id.text();
  }
  if (nodes.size() > kMaxListed) ids += ", ...";
  report(problems, "ambiguous_node",
         "'" + std::string(word) + "' stands for " + std::to_string(nodes.size()) + " nodes",
         "name one by its instance id: " + ids);
}

}  // namespace

std::optional<NodeAddress> resolve_address(const Workflow& workflow, std::string_view node,
                                           std::string_view port, Problems& problems) {
  const NodeNumbers nodes = find_nodes(workflow, node);
  if (nodes.size() == 1) return NodeAddress{nodes.front(), std::string(port)};
  if (nodes.empty()) {
    report_unknown_node(workflow, node, problems);
  } else {
    report_ambiguous_node(workflow, node, nodes, problems);
  }
  return std::nullopt;
}

std::optional<NodeAddress> resolve_address(const Workflow& workflow, std::string_view text,
                                           Problems& problems) {
  const std::size_t first_dot = text.find('.');
  if (first_dot == std::string_view::npos) {
    report(problems, "unknown_port", "'" + std::string(text) + "' names no port", "write NODE.PORT");
    return std::nullopt;
  }
  std::size_t dot = text.rfind('.');
  while (dot != first_dot && find_nodes(workflow, text.substr(0, dot)).empty())
    dot = text.rfind('.', dot - 1);
  return resolve_address(workflow, text.substr(0, dot), text.substr(dot + 1), problems);
}

std::optional<InstancePorts> instance_ports(const NodeInstance& node, const Registry& registry) {
  const NodeTypePtr type = registry.find(node.node_id);
  if (!type) return std::nullopt;
  InstancePorts ports{type->definition.inputs, type->definition.outputs};
  if (!type->restore_ports) return ports;
  try {
    type->restore_ports(node.parameters, PortSet{ports.inputs, ports.outputs});
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return ports;
}

std::string spelling_hint(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_word(word, candidates);
  return nearest.empty() ? std::string() : "did you mean '" + nearest + "'?";
}

}  // namespace vnode
