// `then`, `connections`, and what the texts in them refer to.
#include <algorithm>
#include <set>

#include "base/spelling.h"
#include "model/lenient.h"
#include "yaml/level_lowering.h"
#include "yaml/yaml_ports.h"

namespace vnode {
namespace {

constexpr std::string_view kExecOut = "exec_out";
constexpr std::string_view kExecIn = "exec_in";

/// Looking for what was meant costs time for each name: not for thousands of mistakes.
constexpr std::size_t kMostAdvised = 100;

}  // namespace

std::vector<std::string> LevelLowering::names() const {
  std::vector<std::string> names;
  if (file_.shared.problems.size() > kMostAdvised) return names;
  for (const Draft& draft : drafts_) names.push_back(draft.name);
  return names;
}

bool LevelLowering::may_have(const Draft& draft, std::string_view port, Side side) const {
  if (!draft.ports) return true;
  if (side == Side::kInput ? draft.ports->input(port) != nullptr : draft.ports->output(port) != nullptr)
    return true;
  return code_may_have(draft.known->definition, port);
}

bool LevelLowering::is_exec_output(const Reference& from, bool otherwise) const {
  const Draft& draft = drafts_[from.node];
  const Port* port = draft.ports ? draft.ports->output(from.port) : nullptr;
  return port ? port->is_exec() : otherwise;
}

std::optional<LevelLowering::Reference> LevelLowering::find_reference(YamlIndex index, Side side) {
  if (file_.tree[index].is_scalar()) return find_reference(text(index), at(index), side, true);
  file_.report({at(index), "wrong_type", "a wire's end is a text: node.port", ""});
  return std::nullopt;
}

/// Names and ports may have dots: the longest name that has such a port counts.
std::optional<LevelLowering::Reference> LevelLowering::find_reference(std::string_view whole,
                                                                      std::uint32_t place, Side side,
                                                                      bool must_be) {
  std::optional<std::size_t> nearest;
  std::string_view wrong;
  for (std::size_t dot = whole.rfind('.'); dot != std::string_view::npos; dot = previous_dot(whole, dot)) {
    const std::string_view head = whole.substr(0, dot);
    const std::string_view port = whole.substr(dot + 1);
    if (const auto found = by_name_.find(head); found != by_name_.end()) {
      if (may_have(drafts_[found->second], port, side)) return Reference{found->second, port};
      if (!nearest) {
        nearest = found->second;
        wrong = port;
      }
    } else if (head == "inputs" && side == Side::kOutput &&
               std::find(inputs_.begin(), inputs_.end(), port) != inputs_.end()) {
      return Reference{interface_node("inputs", "group_in", std::string(port)), "value"};
    }
  }
  if (!must_be) return std::nullopt;
  if (nearest) {
    const Draft& draft = drafts_[*nearest];
    const bool is_output = side == Side::kOutput;
    const std::string hint = is_output ? draft.ports->advise_output(wrong) : draft.ports->advise_input(wrong);
    file_.report({place, "unknown_port",
                  label(draft) + " (" + draft.type + ") has no " + (is_output ? "output" : "input") + " '" +
                      std::string(wrong.substr(0, 80)) + "'",
                  hint + (is_output ? "; quote it if it is a text" : "")});
    return std::nullopt;
  }
  const std::size_t dot = whole.rfind('.');
  if (dot == std::string_view::npos) {
    file_.report({place, "unknown_port", "'" + std::string(whole.substr(0, 80)) + "' names no port",
                  "write node.port"});
  } else {
    const std::string_view head = whole.substr(0, dot);
    file_.report(
        {place, "unknown_node", "there is no node '" + std::string(head.substr(0, 80)) + "'",
         spelling_advice(head, head.starts_with("inputs") ? inputs_ : names(), "its nodes are", 10)});
  }
  return std::nullopt;
}

void LevelLowering::read_then(std::size_t node) {
  Draft& draft = drafts_[node];
  if (draft.then == kNoYaml) return;
  if (!file_.tree[draft.then].is_map()) {
    const auto port = single_exec_output(draft, at(draft.then));
    if (port) read_targets(node, *port, draft.then);
    return;
  }
  const std::span<const YamlIndex> items = file_.tree.items(draft.then);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view port = text(items[i]);
    const Port* known = draft.ports ? draft.ports->output(port) : nullptr;
    if (draft.ports && !known && !may_have(draft, port, Side::kOutput)) {
      file_.report({at(items[i]), "unknown_port",
                    draft.type + " has no exec output '" + std::string(port.substr(0, 80)) + "' (" +
                        label(draft) + ")",
                    draft.ports->advise_output(port)});
    } else if (known && !known->is_exec()) {
      file_.report({at(items[i]), "no_exec_port",
                    "'" + std::string(port) + "' of " + label(draft) + " is no exec output",
                    "a value is wired at the input that takes it"});
    } else {
      read_targets(node, port, items[i + 1]);
    }
  }
}

std::optional<std::string_view> LevelLowering::single_exec_output(const Draft& draft, std::uint32_t place) {
  if (!draft.known) return kExecOut;
  const auto& own = draft.known->definition.outputs;
  if (draft.ports && draft.ports->output(kExecOut) && draft.ports->output(kExecOut)->is_exec())
    return kExecOut;
  if (const Port* only = only_exec_port(own, kExecOut)) return only->name;
  std::string which;
  for (const Port& port : own) {
    if (port.is_exec()) which += (which.empty() ? "" : ", ") + port.name;
  }
  file_.report({place, "no_exec_port",
                which.empty()
                    ? label(draft) + " (" + draft.type + ") has no exec output"
                    : label(draft) + " (" + draft.type + ") has several exec outputs, and no exec_out",
                which.empty() ? "wire its values instead" : "write then: {PORT: node}; there are " + which});
  return std::nullopt;
}

void LevelLowering::read_targets(std::size_t node, std::string_view port, YamlIndex value) {
  const YamlNode& found = file_.tree[value];
  if (found.is_list()) {
    for (const YamlIndex target : file_.tree.items(value)) add_exec_wire(node, port, target);
  } else if (found.kind != YamlNode::Kind::kNull) {
    add_exec_wire(node, port, value);
  }
}

void LevelLowering::add_exec_wire(std::size_t node, std::string_view port, YamlIndex target) {
  if (!file_.tree[target].is_scalar()) {
    file_.report({at(target), "wrong_type", "a target is a node's name, or node.port", ""});
    return;
  }
  if (const auto to = exec_target(target))
    wires_.push_back({.from = {node, port}, .to = *to, .is_exec = true, .at = at(target)});
}

/// `node`, or `node.port`.
std::optional<LevelLowering::Reference> LevelLowering::exec_target(YamlIndex target) {
  const std::string_view whole = text(target);
  const auto found = by_name_.find(whole);
  if (found == by_name_.end()) {
    if (whole.find('.') != std::string_view::npos)
      return find_reference(whole, at(target), Side::kInput, true);
    file_.report({at(target), "unknown_node", "there is no node '" + std::string(whole.substr(0, 80)) + "'",
                  spelling_advice(whole, names(), "its nodes are", 10)});
    return std::nullopt;
  }
  const Draft& draft = drafts_[found->second];
  if (!draft.known) return Reference{found->second, kExecIn};
  if (const Port* port = only_exec_port(draft.known->definition.inputs, kExecIn))
    return Reference{found->second, port->name};
  std::string which;
  for (const Port& port : draft.known->definition.inputs) {
    if (port.is_exec()) which += (which.empty() ? "" : ", ") + draft.name + "." + port.name;
  }
  file_.report({at(target), "no_exec_port",
                label(draft) + " (" + draft.type + ") has " +
                    (which.empty() ? "no exec input" : "several exec inputs"),
                which.empty() ? "it runs when a value of it is needed" : "there are " + which});
  return std::nullopt;
}

void LevelLowering::read_connections(YamlIndex connections) {
  inline_wires_ = wires_.size();
  if (connections == kNoYaml || file_.tree[connections].kind == YamlNode::Kind::kNull) return;
  if (!file_.tree[connections].is_list()) {
    file_.report({at(connections), "wrong_type", "'connections' must be a list",
                  "write '- [from.port, to.port]' lines"});
    return;
  }
  for (const YamlIndex entry : file_.tree.items(connections)) read_connection(entry);
  check_mixed_wires();
}

void LevelLowering::read_connection(YamlIndex entry) {
  const YamlTree& tree = file_.tree;
  Wire wire{.at = at(entry)};
  std::optional<Reference> from;
  std::optional<Reference> to;
  std::optional<bool> is_exec;
  if (tree[entry].is_list() && tree[entry].size == 2) {
    from = find_reference(tree.items(entry)[0], Side::kOutput);
    to = find_reference(tree.items(entry)[1], Side::kInput);
  } else if (tree[entry].is_map()) {
    bool has_from = false;
    bool has_to = false;
    const std::span<const YamlIndex> items = tree.items(entry);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const std::string_view key = text(items[i]);
      if (key == "from") {
        has_from = true;
        from = find_reference(items[i + 1], Side::kOutput);
      } else if (key == "to") {
        has_to = true;
        to = find_reference(items[i + 1], Side::kInput);
      } else if (key == "exec") {
        is_exec = lenient_bool(core_value(tree, items[i + 1], file_.sink()));
      } else if (key == "id") {
        wire.id = text_value(tree, items[i + 1], file_.sink());
      } else {
        file_.report_unknown_key(items[i], {"from", "to", "exec", "id"}, "a connection");
      }
    }
    if (!has_from || !has_to)
      file_.report(
          {at(entry), "wrong_type", "a connection needs 'from' and 'to'", "write [from.port, to.port]"});
  } else {
    file_.report({at(entry), "wrong_type", "a connection is [from.port, to.port], or a map", ""});
  }
  if (!from || !to) return;
  const Draft& target = drafts_[to->node];
  const Port* input = target.ports ? target.ports->input(to->port) : nullptr;
  wire.from = *from;
  wire.to = *to;
  wire.is_exec = is_exec.value_or(is_exec_output(*from, input && input->is_exec()));
  wires_.push_back(std::move(wire));
}

/// A source port has all of its wires in one place, or their order would say nothing.
void LevelLowering::check_mixed_wires() {
  std::set<std::pair<std::size_t, std::string_view>> listed;
  for (std::size_t i = inline_wires_; i < wires_.size(); ++i)
    listed.emplace(wires_[i].from.node, wires_[i].from.port);
  for (std::size_t i = 0; i < inline_wires_; ++i) {
    const Wire& wire = wires_[i];
    if (!listed.contains({wire.from.node, wire.from.port})) continue;
    file_.report({wire.at, "mixed_wires",
                  "'connections' has wires of " + drafts_[wire.from.node].name + "." +
                      std::string(wire.from.port) + ", and must have all of them",
                  "move this wire there"});
  }
}

}  // namespace vnode
