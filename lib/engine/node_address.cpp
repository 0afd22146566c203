#include "engine/node_address.h"

#include <algorithm>
#include <exception>
#include <unordered_map>
#include <unordered_set>

#include "base/spelling.h"

namespace vnode {
namespace {

using NodeNumbers = std::vector<std::size_t>;

void report(Problems& problems, std::string code, std::string message, std::string hint) {
  problems.push_back({Severity::kError, std::move(code), "", std::move(message), std::move(hint)});
}

template <class Predicate>
NodeNumbers select(const Workflow& workflow, Predicate matches) {
  NodeNumbers found;
  for (std::size_t i = 0; i < workflow.nodes.size(); ++i) {
    if (matches(workflow.nodes[i])) found.push_back(i);
  }
  return found;
}

/// Instance ids are written in lower case everywhere; who types one may not know.
bool begins_with(const Uuid& id, std::string_view beginning) {
  const std::string text = id.text();
  return beginning.size() <= text.size() &&
         std::equal(beginning.begin(), beginning.end(), text.begin(), [](char typed, char written) {
           return typed == written || (typed >= 'A' && typed <= 'F' && typed - 'A' + 'a' == written);
         });
}

/// The nodes that a word stands for: by instance id, else by name, else by node id, else by the beginning of
/// an instance id.
NodeNumbers find_nodes(const Workflow& workflow, std::string_view word) {
  if (word.empty()) return {};
  NodeNumbers found;
  if (const std::optional<Uuid> id = Uuid::parse(word)) {
    found = select(workflow, [&](const NodeInstance& node) { return node.instance_id == *id; });
  }
  if (found.empty())
    found = select(workflow, [&](const NodeInstance& node) { return node_name(node) == word; });
  if (found.empty()) found = select(workflow, [&](const NodeInstance& node) { return node.node_id == word; });
  if (found.empty() && word.size() >= kShortestIdBeginning) {
    found = select(workflow, [&](const NodeInstance& node) { return begins_with(node.instance_id, word); });
  }
  return found;
}

void report_unknown_node(const Workflow& workflow, std::string_view word, Problems& problems) {
  constexpr std::size_t kMostListed = 10;
  std::vector<std::string> known;
  std::unordered_set<std::string_view> seen;
  const auto add = [&](std::string_view name) {
    if (!name.empty() && seen.insert(name).second) known.emplace_back(name);
  };
  for (const NodeInstance& node : workflow.nodes) {
    add(node_name(node));
    add(node.node_id);
  }
  report(problems, "unknown_node", "the workflow has no node '" + std::string(word) + "'",
         spelling_advice(word, known, "its nodes are", kMostListed));
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

Dict with_node_name(std::string_view name) {
  return name.empty() ? Dict() : Dict{{kNodeNameParameter, name}};
}

std::vector<std::string> short_ids(const Workflow& workflow) {
  constexpr std::size_t kLeast = 8;
  std::vector<std::pair<Uuid, std::size_t>> sorted;
  sorted.reserve(workflow.nodes.size());
  for (std::size_t i = 0; i < workflow.nodes.size(); ++i)
    sorted.emplace_back(workflow.nodes[i].instance_id, i);
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> ids(sorted.size());
  std::string text, next;
  if (!sorted.empty()) next = sorted.front().first.text();
  std::size_t shared_before = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    text = std::move(next);
    next = i + 1 < sorted.size() ? sorted[i + 1].first.text() : std::string();
    const auto differs = std::mismatch(text.begin(), text.end(), next.begin(), next.end()).first;
    const auto shared_behind = static_cast<std::size_t>(differs - text.begin());
    std::size_t size = std::max({kLeast, shared_before + 1, shared_behind + 1});
    if (size < text.size() && text[size - 1] == '-') ++size;
    ids[sorted[i].second] = text.substr(0, size);
    shared_before = shared_behind;
  }
  return ids;
}

std::vector<std::string> node_words(const Workflow& workflow) {
  std::unordered_map<std::string_view, std::size_t> names, types;
  for (const NodeInstance& node : workflow.nodes) {
    ++names[node_name(node)];
    ++types[node.node_id];
  }
  std::vector<std::string> words = short_ids(workflow);
  for (std::size_t i = 0; i < workflow.nodes.size(); ++i) {
    const std::string_view name = node_name(workflow.nodes[i]), type = workflow.nodes[i].node_id;
    if (!name.empty() && names[name] == 1) {
      words[i] = name;
    } else if (!type.empty() && types[type] == 1 && !names.contains(type)) {
      words[i] = type;
    }
  }
  return words;
}

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

std::optional<NodeAddress> resolve_target(const Workflow& workflow, std::string_view text,
                                          Problems& problems) {
  const bool is_node = text.find('.') == std::string_view::npos || !find_nodes(workflow, text).empty();
  return is_node ? resolve_address(workflow, text, "", problems) : resolve_address(workflow, text, problems);
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

}  // namespace vnode
