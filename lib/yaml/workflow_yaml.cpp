#include "yaml/workflow_yaml.h"

#include <algorithm>

#include "model/members.h"
#include "model/value_ops.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"
#include "yaml/level_writer.h"
#include "yaml/yaml_workflow.h"

namespace vnode {
namespace {

/// Parts of the metadata that people write at the top: name, description, parameters, outputs.
bool is_plain_metadata(std::string_view key, const Value& value) {
  if (!is_yaml_value(value)) return false;
  if (key == "name" || key == "description") return value.is_text();
  if (!value.is_dict()) return false;
  if (key == "outputs") {
    return std::all_of(value.as_entries().begin(), value.as_entries().end(),
                       [](const DictEntry& entry) { return entry.value.is_text(); });
  }
  if (key != "parameters") return false;
  constexpr std::string_view kKeys[] = {"type",    "default",  "description", "minimum",
                                        "maximum", "required", "options"};
  for (const DictEntry& parameter : value.as_entries()) {
    if (!parameter.value.is_dict()) return false;
    for (const DictEntry& entry : parameter.value.as_entries()) {
      if (std::find(std::begin(kKeys), std::end(kKeys), entry.key.as_text()) == std::end(kKeys)) return false;
      const bool is_text = entry.key.as_text() == "type" || entry.key.as_text() == "description";
      if (is_text && !entry.value.is_text()) return false;
    }
  }
  return true;
}

YamlText write_once(const Dict& document, TypeCache& types, const WriterDoubts& doubts) {
  YamlText text;
  Dict further;
  for (const DictEntry& entry : document) {
    const std::string_view key = entry.key.is_text() ? entry.key.as_text() : std::string_view();
    if (key != "nodes" && key != "connections") further.set(entry.key, entry.value);
  }
  const Value* metadata = member(document, "metadata");
  if (metadata && metadata->is_dict() && !doubts.has_metadata) {
    Dict rest;
    bool is_any_plain = false;
    for (const DictEntry& entry : metadata->as_entries()) {
      if (!entry.key.is_text() || !is_plain_metadata(entry.key.as_text(), entry.value)) {
        rest.set(entry.key, entry.value);
        continue;
      }
      is_any_plain = true;
      append_yaml_key(text.text, entry.key.as_text());
      text.text += ':';
      append_yaml_value(text.text, entry.value, 0);
    }
    further.erase("metadata");
    if (!rest.empty() || !is_any_plain) further.set("metadata", Value(std::move(rest)));
  }
  LevelWriter writer(types, document, "", &doubts);
  writer.write(text.text, 0, further);
  // Without one, texts with ${...} would ask for parameters that the document does not have.
  if (doubts.has_metadata && !metadata && !writer.has_editor()) text.text += "editor: {}\n";
  text.kept_for_editor = writer.kept_for_editor();
  return text;
}

/// What came out differently, added to the doubts. False: nothing, so that writing again is no use.
bool add_doubts(WriterDoubts& doubts, const Dict& wanted, const Value& found) {
  if (!found.is_dict()) return false;
  bool is_new = false;
  const std::span<const Value> wanted_nodes = list_member(wanted, "nodes");
  const std::span<const Value> found_nodes = list_member(found, "nodes");
  for (std::size_t i = 0; i < wanted_nodes.size(); ++i) {
    if (i < found_nodes.size() && same(wanted_nodes[i], found_nodes[i])) continue;
    is_new = doubts.nodes.insert(i).second || is_new;
  }
  const Value* wires = member(found, "connections");
  if (!doubts.has_wires && !(wires && same(*wires, *member(wanted, "connections")))) {
    doubts.has_wires = is_new = true;
  }
  const Value* metadata = member(found, "metadata");
  const Value* wanted_metadata = member(wanted, "metadata");
  const bool is_same =
      metadata && wanted_metadata ? same(*metadata, *wanted_metadata) : metadata == wanted_metadata;
  if (!doubts.has_metadata && !is_same) doubts.has_metadata = is_new = true;
  return is_new;
}

}  // namespace

Result<YamlText> write_yaml_workflow(const Workflow& workflow, const Registry& registry) {
  const Value document = workflow_document(workflow);
  const Dict wanted = document.as_dict();
  TypeCache types(registry);
  WriterDoubts doubts;
  std::string why;
  for (int attempt = 0; attempt < 4; ++attempt) {
    YamlText text = write_once(wanted, types, doubts);
    YamlReading again = read_yaml_workflow("workflow.yaml", text.text, registry, {.keeps_names = false});
    if (!again.document.is_unset()) {
      const WorkflowReading reading = read_workflow(again.document, "");
      if (reading.workflow && same(workflow_document(*reading.workflow), document)) return text;
      if (!add_doubts(doubts, wanted,
                      reading.workflow ? workflow_document(*reading.workflow) : again.document))
        break;
      continue;
    }
    why = again.problems.empty() ? "" : ": " + again.problems.front().message;
    if (doubts.has_wires) break;
    // Which part it is does not show: nothing is said in the plain form.
    for (std::size_t i = 0; i < workflow.nodes.size(); ++i) doubts.nodes.insert(i);
    doubts.has_wires = doubts.has_metadata = true;
  }
  return Error{ErrorCode::kInternal, "this workflow would be another one as YAML" + why};
}

}  // namespace vnode
