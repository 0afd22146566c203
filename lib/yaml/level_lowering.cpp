#include "yaml/level_lowering.h"

#include <algorithm>

namespace vnode {
namespace {

/// Of all ids that are made of names: the namespace of vnode's names, made once at random.
constexpr std::string_view kNameSpace = "5b1e6a0c-7d5f-4f0a-9a53-6e1f0d3c8b27";

/// Where a note about a node is put, in the canvas of an editor.
constexpr double kNoteOffset = -180;

double coordinate(const Value& position, std::size_t index) {
  if (!position.is_list() || position.as_list().size() != 2) return 0;
  const Value& number = position.as_list()[index];
  if (number.is_float()) return number.as_float();
  return number.is_int() ? static_cast<double>(number.as_int()) : 0;
}

}  // namespace

Uuid id_of_name_path(std::string_view path) {
  static const Uuid space = *Uuid::parse(kNameSpace);
  return Uuid::named(space, path);
}

LoweredLevel LevelLowering::lower(const LevelParts& parts) {
  inputs_ = parts.inputs;
  takes_parameters_ = parts.takes_parameters;
  read_entries(parts.nodes);
  read_editor(parts.editor);
  for (Draft& draft : drafts_) {
    read_plain_parts(draft);
    find_ports(draft);
  }
  for (const std::string& input : inputs_) interface_node("inputs", "group_in", input);
  const std::size_t nodes = drafts_.size();
  for (std::size_t i = 0; i < nodes; ++i) read_ports(i);
  wire_outputs(parts.outputs);
  for (std::size_t i = 0; i < nodes; ++i) read_then(i);
  read_connections(parts.connections);
  if (editor_ != kNoYaml) order_wires(file_.tree.find(editor_, "connections"));

  LoweredLevel level;
  level.places = std::make_shared<YamlPlaces>();
  level.places->source = file_.source;
  std::vector<Value> node_values;
  node_values.reserve(drafts_.size());
  for (Draft& draft : drafts_) node_values.push_back(node_value(draft));
  std::vector<Value> wire_values;
  wire_values.reserve(wires_.size());
  for (const Wire& wire : wires_) {
    wire_values.push_back(wire_value(wire));
    level.places->connections.push_back(wire.at);
  }
  level.document.set("nodes", Value::list(std::move(node_values)));
  level.document.set("connections", Value::list(std::move(wire_values)));
  add_notes(level.document);
  add_editor_parts(level.document);
  const bool has_own_notes = editor_ != kNoYaml && file_.tree.find(editor_, "sticky_notes") != kNoYaml;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (!has_position(drafts_[i])) level.places->unplaced.push_back(i);
    if (drafts_[i].note != kNoYaml && !has_own_notes) level.places->noted.push_back(i);
    level.places->nodes.push_back(std::move(drafts_[i].places));
  }
  return level;
}

bool LevelLowering::has_position(const Draft& draft) const {
  return draft.editor != kNoYaml && file_.tree.find(draft.editor, "position") != kNoYaml;
}

Value LevelLowering::node_value(Draft& draft) {
  WordCache& words = file_.shared.words;
  const auto editor_says = [&](std::string_view key) {
    return draft.editor == kNoYaml ? kNoYaml : file_.tree.find(draft.editor, key);
  };
  if (!draft.id) draft.id = id_of_name_path(path_ + draft.name);
  if (!draft.parameters.find(std::string_view("__name__"))) {
    const YamlIndex name = editor_says("name");
    if (name != kNoYaml) {
      draft.parameters.set(words.share("__name__"), text_value(file_.tree, name, file_.sink()));
    } else if (file_.shared.options.keeps_names || editor_says("unnamed") == kNoYaml) {
      draft.parameters.set(words.share("__name__"), Value(draft.name));
    }
  }
  Dict entry;
  entry.reserve(8);
  entry.set(words.share("instance_id"), Value(draft.id->text()));
  entry.set(words.share("node_id"), words.share(draft.type));
  const YamlIndex position = editor_says("position");
  entry.set(words.share("position"),
            position != kNoYaml ? core_value(file_.tree, position, file_.sink()) : Value::list({0, 0}));
  entry.set(words.share("parameters"), Value(draft.parameters));
  if (draft.bypassed != kNoYaml) entry.set(words.share("bypassed"), file_.value(draft.bypassed, false));
  if (draft.init_priority != kNoYaml)
    entry.set(words.share("init_priority"), file_.value(draft.init_priority, false));
  apply_editor(draft, entry);
  return Value(std::move(entry));
}

Value LevelLowering::wire_value(const Wire& wire) {
  if (!wire.raw.is_unset()) return wire.raw;
  WordCache& words = file_.shared.words;
  Dict entry;
  entry.reserve(6);
  if (!wire.id.is_unset()) entry.set(words.share("id"), wire.id);
  entry.set(words.share("from_node"), id_text(drafts_[wire.from.node]));
  entry.set(words.share("from_port"), words.share(wire.from.port));
  entry.set(words.share("to_node"), id_text(drafts_[wire.to.node]));
  entry.set(words.share("to_port"), words.share(wire.to.port));
  entry.set(words.share("is_exec"), Value(wire.is_exec));
  for (const DictEntry& unknown : wire.unknown) entry.set(unknown.key, unknown.value);
  return Value(std::move(entry));
}

/// A note of a node becomes one of the canvas, above the node.
void LevelLowering::add_notes(Dict& document) {
  std::vector<Value> notes;
  for (const Draft& draft : drafts_) {
    if (draft.note == kNoYaml) continue;
    const YamlIndex place = draft.editor == kNoYaml ? kNoYaml : file_.tree.find(draft.editor, "position");
    const Value position = place == kNoYaml ? Value() : core_value(file_.tree, place, file_.sink());
    notes.push_back(Value(Dict{{"id", Value(id_of_name_path(path_ + draft.name + "/note").text())},
                               {"position", Value::list({Value(coordinate(position, 0)),
                                                         Value(coordinate(position, 1) + kNoteOffset)})},
                               {"text", text_value(file_.tree, draft.note, file_.sink())}}));
  }
  if (!notes.empty()) document.set("sticky_notes", Value::list(std::move(notes)));
}

}  // namespace vnode
