// What the keys of nodes are.
#include <algorithm>
#include <array>
#include <exception>

#include "base/spelling.h"
#include "yaml/level_lowering.h"

namespace vnode {
namespace {

/// What a node of a group's inside is called that stands for a port of the group.
std::string interface_name(std::string_view side, std::string_view port) {
  return std::string(side) + "." + std::string(port);
}

}  // namespace

void LevelLowering::read_entries(YamlIndex nodes) {
  if (nodes == kNoYaml) return;
  if (file_.tree[nodes].is_list()) {
    file_.report({at(nodes), "wrong_type", "'nodes' must be a map of names, not a list",
                  "write 'name: {type: ...}' lines below it; the name is the node's id"});
    return;
  }
  if (!file_.expect_map(nodes, "'nodes'")) return;
  const std::span<const YamlIndex> items = file_.tree.items(nodes);
  by_name_.reserve(items.size() / 2);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    Draft& draft = drafts_.emplace_back();
    draft.name = text(items[i]);
    draft.at = at(items[i]);
    draft.entry = items[i + 1];
    if (draft.name.empty()) file_.report({draft.at, "unknown_node", "a node needs a name", ""});
    by_name_.emplace(draft.name, drafts_.size() - 1);
  }
  for (Draft& draft : drafts_) {
    draft.places.at = draft.at;
    read_entry(draft);
  }
}

void LevelLowering::read_entry(Draft& draft) {
  if (!file_.tree[draft.entry].is_map()) {
    file_.report({at(draft.entry), "wrong_type", label(draft) + " must be a map", "write {type: ...}"});
    return;
  }
  YamlIndex nodes = kNoYaml;
  YamlIndex use = kNoYaml;
  const std::span<const YamlIndex> items = file_.tree.items(draft.entry);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view key = text(items[i]);
    if (key == "nodes") {
      nodes = items[i + 1];
    } else if (key == "use") {
      use = items[i + 1];
    } else {
      read_key(draft, items[i], items[i + 1]);
    }
  }
  const bool is_group = nodes != kNoYaml || use != kNoYaml;
  if (is_group && !draft.type.empty() && draft.type != "group_node") {
    file_.report({draft.at, "wrong_type",
                  label(draft) + " has nodes inside, so it is a group, not a " + draft.type,
                  "leave out its type"});
  }
  if (is_group) draft.type = "group_node";
  if (draft.type.empty() && !draft.has_type) {
    file_.report({draft.at, "missing_type", label(draft) + " has no type", "write 'type: ...'"});
  }
  if (nodes != kNoYaml && use != kNoYaml) {
    file_.report(
        {at(use), "bad_use", label(draft) + " has both 'nodes' and 'use'", "leave out one of the two"});
  } else if (nodes != kNoYaml) {
    read_group(draft, nodes);
  } else if (use != kNoYaml) {
    read_use(draft, use);
  }
}

/// All keys but `nodes` and `use`. What is no key of nodes is a port.
void LevelLowering::read_key(Draft& draft, YamlIndex key, YamlIndex value) {
  struct Part {
    std::string_view key;
    YamlIndex Draft::*member;
  };
  static constexpr std::array kParts = {
      Part{"then", &Draft::then}, Part{"limits", &Draft::limits}, Part{"bypassed", &Draft::bypassed},
      Part{"init_priority", &Draft::init_priority}, Part{"note", &Draft::note}};
  const std::string_view name = text(key);
  for (const Part& part : kParts) {
    if (part.key != name) continue;
    draft.*part.member = value;
    return;
  }
  if (name == "type") {
    draft.has_type = true;
    if (file_.tree[value].is_scalar()) {
      draft.type = text(value);
    } else {
      file_.report({at(value), "wrong_type", "a type must be a text", ""});
    }
  } else if (name == "inputs") {
    if (!file_.expect_map(value, "'inputs' of " + label(draft))) return;
    const std::span<const YamlIndex> inputs = file_.tree.items(value);
    for (std::size_t i = 0; i + 1 < inputs.size(); i += 2)
      draft.port_entries.push_back({inputs[i], inputs[i + 1]});
  } else if (name != "ports" && name != "connections" && name != "editor") {  // those are of groups
    draft.port_entries.push_back({key, value});
  } else if (file_.tree.find(draft.entry, "nodes") == kNoYaml &&
             (name != "ports" || file_.tree.find(draft.entry, "use") == kNoYaml)) {
    file_.report({at(key), "unknown_key", "'" + std::string(name) + "' is for groups, which have 'nodes'",
                  "a port of that name goes below 'inputs'"});
  }
}

std::optional<std::size_t> LevelLowering::find_interface_node(std::string_view type,
                                                              std::string_view port) const {
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (drafts_[i].type != type || drafts_[i].entry == kNoYaml) continue;
    const YamlIndex name = file_.tree.find(drafts_[i].entry, "port_name");
    if (name != kNoYaml && text(name) == port) return i;
  }
  return std::nullopt;
}

/// The node inside a group that stands for its input or output of that name; made when it is missing.
std::size_t LevelLowering::interface_node(std::string_view side, std::string_view type,
                                          const std::string& port) {
  if (const auto found = find_interface_node(type, port)) return *found;
  const std::string name = interface_name(side, port);
  if (const auto made = by_name_.find(name); made != by_name_.end()) return made->second;
  Draft& draft = drafts_.emplace_back();
  draft.name = name;
  draft.type = type;
  draft.parameters.set("port_name", Value(port));
  by_name_.emplace(draft.name, drafts_.size() - 1);
  find_ports(draft);
  return drafts_.size() - 1;
}

/// Looks up what ports it has; those that its own values ask for come from the type and the literals.
void LevelLowering::find_ports(Draft& draft) {
  const TypeCache::Entry& entry = file_.shared.types.find(draft.type);
  draft.known = entry.type.get();
  draft.ports = entry.ports.get();
  if (!draft.known || !draft.known->restore_ports) return;
  Dict saved = draft.parameters;
  for (const PortEntry& port : draft.port_entries) {
    const Port* declared = draft.ports->input(text(port.key));
    saved.set(Value(text(port.key)), file_.value(port.value, declared && declared->type == "string"));
  }
  auto own = std::make_unique<OwnPorts>();
  own->inputs = draft.known->definition.inputs;
  own->outputs = draft.known->definition.outputs;
  try {
    draft.known->restore_ports(saved, PortSet{own->inputs, own->outputs});
  } catch (const std::exception&) {
    draft.ports = nullptr;  // who reads the document says what is wrong
    return;
  }
  own->table = std::make_unique<PortTable>(*draft.known, own->inputs, own->outputs);
  draft.ports = own->table.get();
  own_ports_.push_back(std::move(own));
}

void LevelLowering::set_parameter(Draft& draft, Value name, Value value, std::uint32_t place) {
  draft.places.parameters.emplace_back(name, place);
  draft.parameters.set(std::move(name), std::move(value));
}

/// What is said of the node itself: limits.
void LevelLowering::read_plain_parts(Draft& draft) {
  if (draft.limits == kNoYaml) return;
  if (file_.expect_map(draft.limits, "'limits' of " + label(draft)))
    set_parameter(draft, "__vnode__", file_.value(draft.limits, false), at(draft.limits));
}

}  // namespace vnode
