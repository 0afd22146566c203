// Values and wires of ports.
#include <algorithm>

#include "base/spelling.h"
#include "yaml/level_lowering.h"
#include "yaml/yaml_ports.h"

namespace vnode {
namespace {

constexpr std::string_view kPythonCode = "python_code";

}  // namespace

void LevelLowering::read_ports(std::size_t node) {
  for (const PortEntry& entry : drafts_[node].port_entries) read_port(node, entry);
}

void LevelLowering::read_port(std::size_t node, const PortEntry& entry) {
  Draft& draft = drafts_[node];
  const Port* port = nullptr;
  if (!accept_input(draft, entry, port)) return;
  const std::string_view name = text(entry.key);
  bool is_wire = false;
  const std::optional<Reference> source = inline_source(node, entry.value, is_wire);
  if (is_wire) {
    if (source) add_inline_wire(*source, {node, name}, at(entry.value));
    return;
  }
  if (port && port->is_exec()) {
    file_.report({at(entry.value), "not_settable",
                  "'" + std::string(name) + "' is an exec port and holds no value",
                  "wire it with 'then' of the node before"});
    return;
  }
  YamlIndex value = entry.value;
  const YamlNode& found = file_.tree[value];
  if (found.is_map() && found.size == 2 && text(file_.tree.items(value)[0]) == "value")
    value = file_.tree.items(value)[1];
  const bool is_text = (port && is_text_port(*port)) || name == kPythonCode;
  set_parameter(draft, file_.shared.words.share(name), file_.value(value, is_text), at(entry.value));
}

/// `port` stays null where nobody knows it.
bool LevelLowering::accept_input(const Draft& draft, const PortEntry& entry, const Port*& port) {
  if (!draft.ports) return true;
  const std::string_view name = text(entry.key);
  port = draft.ports->input(name);
  if (port) return true;
  if (name == kPythonCode && !draft.known->definition.python_code.empty()) return true;
  if (draft.ports->output(name)) {
    file_.report({at(entry.key), "not_settable", "'" + std::string(name) + "' is an output of " + draft.type,
                  "only inputs can be set"});
    return false;
  }
  if (may_have(draft, name, Side::kInput)) return true;
  std::string hint = draft.ports->advise_input(name);
  if (!hint.starts_with("did you mean")) {
    static const std::vector<std::string> known_keys = {"type",     "inputs",        "then",       "limits",
                                                        "bypassed", "init_priority", "note",       "nodes",
                                                        "ports",    "use",           "connections"};
    if (std::string key = spelling_hint(name, known_keys); !key.empty()) hint = std::move(key);
  }
  file_.report({at(entry.key), "unknown_port",
                draft.type + " has no input '" + std::string(name.substr(0, 80)) + "' (" + label(draft) + ")",
                hint});
  return false;
}

/// Whether a value is a wire, and from where. A wire from something that is not there is a problem.
std::optional<LevelLowering::Reference> LevelLowering::inline_source(std::size_t node, YamlIndex value,
                                                                     bool& is_wire) {
  const YamlNode& found = file_.tree[value];
  if (found.is_map() && found.size == 2 && text(file_.tree.items(value)[0]) == "from") {
    is_wire = true;
    return find_reference(file_.tree.items(value)[1], Side::kOutput);
  }
  if (const UsedParameters::Entry* parameter = takes_parameters_ ? file_.whole_parameter(value) : nullptr) {
    is_wire = true;
    const std::size_t input = interface_node("inputs", "group_in", parameter->name);
    return Reference{input, "value"};
  }
  if (found.kind != YamlNode::Kind::kPlain || found.tag != YamlNode::Tag::kNone) return std::nullopt;
  const std::string_view plain = text(value);
  if (plain.find('.') == std::string_view::npos) return std::nullopt;
  for (std::size_t dot = plain.rfind('.'); dot != std::string_view::npos; dot = previous_dot(plain, dot)) {
    const std::string_view head = plain.substr(0, dot);
    if (by_name_.find(head) == by_name_.end() && !(head == "inputs" && !inputs_.empty())) continue;
    is_wire = true;
    return find_reference(plain, at(value), Side::kOutput, true);
  }
  warn_near_wire(plain, at(value), node);
  return std::nullopt;
}

/// A text that is a wire but for a letter or two.
void LevelLowering::warn_near_wire(std::string_view plain, std::uint32_t place, std::size_t node) {
  constexpr std::size_t kMostChecks = 50;  // each looks at all names
  const std::size_t dot = plain.rfind('.');
  const std::string_view port = plain.substr(dot + 1);
  if (near_checks_ >= kMostChecks) return;
  if (output_names_.empty()) {
    for (const Draft& draft : drafts_) {
      if (!draft.known) continue;
      for (const Port& output : draft.known->definition.outputs) output_names_.insert(output.name);
    }
  }
  if (!output_names_.contains(port)) return;
  ++near_checks_;
  const std::string nearest = nearest_word(plain.substr(0, dot), names());
  const auto found = nearest.empty() ? by_name_.end() : by_name_.find(nearest);
  if (found == by_name_.end() || found->second == node ||
      !may_have(drafts_[found->second], port, Side::kOutput))
    return;
  file_.report({place, "near_wire", "'" + std::string(plain) + "' is a text, as no node has that name",
                did_you_mean(nearest + "." + std::string(port)) + " Quote it if it is to be a text"},
               Severity::kWarning);
}

void LevelLowering::add_inline_wire(Reference from, Reference to, std::uint32_t place) {
  wires_.push_back({.from = from, .to = to, .is_exec = is_exec_output(from, false), .at = place});
}

}  // namespace vnode
