// What the plain form cannot say: ids, positions, saved values that no run uses, decoration.
#include <algorithm>
#include <map>

#include "base/spelling.h"
#include "model/json_reader.h"
#include "yaml/level_lowering.h"

namespace vnode {
namespace {

const std::vector<std::string> editor_keys = {"nodes",     "connections", "sticky_notes",
                                              "backdrops", "metadata",    "keys"};
const std::vector<std::string> node_keys = {"id",       "position",      "state", "name",      "unnamed",
                                            "bypassed", "init_priority", "keys",  "parameters"};

void merge(Dict& into, const Value& entries) {
  if (!entries.is_dict()) return;
  for (const DictEntry& entry : entries.as_entries()) {
    if (!into.find(entry.key)) into.set(entry.key, entry.value);
  }
}

}  // namespace

/// A value by the core schema; where a map or a list is meant, a text is JSON: for what is too deep for YAML.
Value LevelLowering::editor_value(YamlIndex index) {
  Value value = core_value(file_.tree, index, file_.sink());
  if (!value.is_text()) return value;
  Result<Value> parsed = parse_json(value.as_text());
  if (parsed) return std::move(*parsed);
  file_.report(
      {at(index), "bad_yaml", "the JSON in this text cannot be read: " + parsed.error().message, ""});
  return {};
}

void LevelLowering::read_editor(YamlIndex editor) {
  if (editor == kNoYaml || !file_.expect_map(editor, "'editor'")) return;
  editor_ = editor;
  const std::span<const YamlIndex> items = file_.tree.items(editor);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view key = text(items[i]);
    if (key == "nodes") {
      if (file_.expect_map(items[i + 1], "'nodes' of 'editor'")) read_editor_nodes(items[i + 1]);
    } else if (std::find(editor_keys.begin(), editor_keys.end(), key) == editor_keys.end()) {
      file_.report_unknown_key(items[i], editor_keys, "'editor'");
    }
  }
}

void LevelLowering::read_editor_nodes(YamlIndex nodes) {
  const std::span<const YamlIndex> items = file_.tree.items(nodes);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const auto found = by_name_.find(text(items[i]));
    if (found == by_name_.end()) {
      const std::string_view name = text(items[i]);
      file_.report({at(items[i]), "stale_editor",
                    "'editor' tells of a node '" + std::string(name.substr(0, 80)) + "', which is not there",
                    "take it away there, too"},
                   Severity::kWarning);
    } else if (file_.expect_map(items[i + 1], "what 'editor' says of " + label(drafts_[found->second]))) {
      drafts_[found->second].editor = items[i + 1];
      read_editor_node(drafts_[found->second]);
    }
  }
}

/// What decides about the node's ports and id; the rest is for `apply_editor`.
void LevelLowering::read_editor_node(Draft& draft) {
  const std::span<const YamlIndex> items = file_.tree.items(draft.editor);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view key = text(items[i]);
    const YamlIndex value = items[i + 1];
    if (key == "id") {
      draft.id = Uuid::parse(file_.tree[value].is_scalar() ? text(value) : std::string_view());
      if (!draft.id)
        file_.report(
            {at(value), "bad_uuid", "this is no UUID", "leave it out: then it follows from the name"});
    } else if (key == "parameters") {
      merge(draft.parameters, editor_value(value));
    } else if (std::find(node_keys.begin(), node_keys.end(), key) == node_keys.end()) {
      file_.report_unknown_key(items[i], node_keys, "what 'editor' says of a node");
    }
  }
}

void LevelLowering::apply_editor(const Draft& draft, Dict& entry) {
  if (draft.editor == kNoYaml) return;
  const auto find = [&](std::string_view key) { return file_.tree.find(draft.editor, key); };
  const auto copy = [&](std::string_view key) {
    if (const YamlIndex said = find(key); said != kNoYaml && !entry.find(key))
      entry.set(file_.shared.words.share(key), core_value(file_.tree, said, file_.sink()));
  };
  for (const std::string_view key : {"state", "bypassed", "init_priority"}) copy(key);
  if (const YamlIndex keys = find("keys"); keys != kNoYaml) merge(entry, editor_value(keys));
}

/// The order of wires in the document is that of the slots, as far as they tell: each is a source port, and
/// stands for its next wire. So the order among the wires of one port stays what people see at nodes and in
/// `connections`. A slot also tells the id of its wire.
void LevelLowering::order_wires(YamlIndex slots) {
  if (slots == kNoYaml || !file_.tree[slots].is_list()) return;
  using Source = std::pair<std::size_t, std::string_view>;
  std::map<Source, std::vector<std::size_t>> waiting;  // of each source port, the last first
  for (std::size_t i = wires_.size(); i-- > 0;)
    waiting[{wires_[i].from.node, wires_[i].from.port}].push_back(i);
  std::vector<Wire> ordered;
  ordered.reserve(wires_.size());
  std::vector<bool> is_done(wires_.size());
  for (const YamlIndex slot : file_.tree.items(slots)) {
    const YamlNode& found = file_.tree[slot];
    const std::span<const YamlIndex> items = file_.tree.items(slot);
    const bool is_map = found.is_map();
    if (is_map && file_.tree.find(slot, "json") != kNoYaml) {
      ordered.push_back({.at = found.at, .raw = editor_value(file_.tree.find(slot, "json"))});
      continue;
    }
    const auto part = [&](std::string_view key, std::size_t index) {
      if (is_map) return file_.tree.find(slot, key);
      return found.is_list() && index < items.size() ? items[index] : kNoYaml;
    };
    const YamlIndex from_text = part("from", 0);
    if (from_text == kNoYaml || !file_.tree[from_text].is_scalar()) continue;
    const auto from = find_reference(text(from_text), found.at, Side::kOutput, false);
    if (!from) continue;
    std::vector<std::size_t>& queue = waiting[{from->node, from->port}];
    if (queue.empty()) continue;
    const std::size_t next = queue.back();
    queue.pop_back();
    Wire& wire = wires_[next];
    const YamlIndex to_text = part("to", 1);
    const auto to = to_text != kNoYaml && file_.tree[to_text].is_scalar()
                        ? find_reference(text(to_text), found.at, Side::kInput, false)
                        : std::nullopt;
    if (to && to->node == wire.to.node && to->port == wire.to.port) {
      if (const YamlIndex id = part("id", 2); id != kNoYaml && wire.id.is_unset())
        wire.id = text_value(file_.tree, id, file_.sink());
      if (const YamlIndex keys = is_map ? file_.tree.find(slot, "keys") : kNoYaml; keys != kNoYaml)
        merge(wire.unknown, editor_value(keys));
    }
    is_done[next] = true;
    ordered.push_back(std::move(wire));
  }
  for (std::size_t i = 0; i < wires_.size(); ++i) {
    if (!is_done[i]) ordered.push_back(std::move(wires_[i]));
  }
  wires_ = std::move(ordered);
}

void LevelLowering::add_editor_parts(Dict& document) {
  if (editor_ == kNoYaml) return;
  for (const std::string_view key : {"sticky_notes", "backdrops"}) {
    if (const YamlIndex said = file_.tree.find(editor_, key); said != kNoYaml)
      document.set(Value(key), editor_value(said));
  }
  if (const YamlIndex metadata = file_.tree.find(editor_, "metadata"); metadata != kNoYaml) {
    Dict all = document.find(std::string_view("metadata"))
                   ? document.find(std::string_view("metadata"))->as_dict()
                   : Dict();
    merge(all, editor_value(metadata));
    document.set("metadata", Value(std::move(all)));
  }
  if (const YamlIndex keys = file_.tree.find(editor_, "keys"); keys != kNoYaml)
    merge(document, editor_value(keys));
}

}  // namespace vnode
