#include "apps/vnode/nodes/node_description.h"

#include "apps/vnode/nodes/definition_comparison.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

std::string json_text(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

Value ports_value(const std::vector<Port>& ports) {
  std::vector<Value> items;
  for (const Port& port : ports) {
    Dict dict = {{"name", Value(port.name)}, {"type", Value(port.type)}};
    if (!port.is_exec()) dict.set("default", port.default_value);
    if (!port.widget.empty()) dict.set("widget", port.widget);
    if (!port.options.empty()) {
      dict.set("options", Value::list(std::vector<Value>(port.options.begin(), port.options.end())));
    }
    items.push_back(Value(std::move(dict)));
  }
  return Value::list(std::move(items));
}

std::string ports_text(std::string_view title, const std::vector<Port>& ports) {
  if (ports.empty()) return std::string(title) + ": none\n";
  TextRows rows;
  for (const Port& port : ports) {
    std::vector<std::string> row = {harmless_line(port.name), harmless_line(port.type)};
    if (!port.is_exec()) row.push_back("default " + harmless_line(json_text(port.default_value)));
    std::string options;
    for (const std::string& option : port.options)
      options += (options.empty() ? "one of " : ", ") + harmless_line(option);
    if (!options.empty()) row.push_back(options);
    rows.push_back(std::move(row));
  }
  return std::string(title) + ":\n" + table_text(rows, "  ");
}

std::string_view kind_name(LoadNote::Kind kind) {
  switch (kind) {
    case LoadNote::Kind::kBroken:
      return "broken";
    case LoadNote::Kind::kReplaced:
      return "replaced";
    case LoadNote::Kind::kWarning:
      return "warning";
    case LoadNote::Kind::kFolder:
      return "folder";
  }
  return "broken";
}

/// As the definition has it.
std::string command_line(const NodeDefinition& definition) {
  const Dict document = definition.document.as_dict();
  const Value* command = document.find("command");
  return command ? json_text(*command) : std::string();
}

std::string differences_text(const DefinitionCheck& check) {
  std::string out;
  for (const PortDifference& difference : compare_ports(check))
    out += "  " + difference_text(difference) + "\n";
  return out.empty() ? out : "Class and file disagree; the class counts:\n" + out;
}

Value load_value(const DefinitionCheck& check) {
  if (!check.failure) return Value(Dict{{"ok", Value(true)}});
  return Value(Dict{{"ok", Value(false)},
                    {"message", Value(check.failure->message)},
                    {"traceback", Value(check.failure->traceback)},
                    {"line", check.failure->line ? Value(*check.failure->line) : Value()}});
}

}  // namespace

std::string node_list_text(const std::vector<NodeTypePtr>& types) {
  TextRows rows;
  for (const NodeTypePtr& type : types) {
    rows.push_back({harmless_line(type->definition.node_id), harmless_line(type->definition.category),
                    harmless_line(type->origin), type->unusable.empty() ? "" : "(cannot run)"});
  }
  return table_text(rows, "");
}

Value load_notes_value(const std::vector<LoadNote>& notes) {
  std::vector<Value> remarks;
  for (const LoadNote& note : notes) {
    Dict remark{{"kind", Value(kind_name(note.kind))},
                {"file", Value(note.file)},
                {"node_id", Value(note.node_id)},
                {"message", Value(note.message)}};
    if (!note.pointer.empty()) remark.set("pointer", note.pointer);
    remarks.emplace_back(std::move(remark));
  }
  return Value::list(std::move(remarks));
}

Value node_list_value(const std::vector<NodeTypePtr>& types, const std::vector<LoadNote>& notes) {
  std::vector<Value> nodes;
  for (const NodeTypePtr& type : types) nodes.push_back(node_type_value(*type));
  return Value(Dict{{"nodes", Value::list(std::move(nodes))}, {"notes", load_notes_value(notes)}});
}

std::string node_type_text(const NodeType& type, const DefinitionCheck* check) {
  const NodeDefinition& definition = type.definition;
  std::string out = harmless_line(definition.node_id);
  if (!definition.name.empty() && definition.name != definition.node_id)
    out += " (" + harmless_line(definition.name) + ")";
  out += "\n";
  if (!definition.description.empty()) out += harmless_lines(definition.description) + "\n";
  TextRows rows = {{"category:", harmless_line(definition.category)},
                   {"origin:", harmless_line(type.origin)}};
  if (type.runtime && type.blocking) rows.push_back({"blocking:", "yes"});
  if (type.definition.reports_error_logs) rows.push_back({"error logs:", "are no failure of a run"});
  if (definition.command) rows.push_back({"command:", harmless_line(command_line(definition))});
  if (!type.unusable.empty()) rows.push_back({"cannot run:", harmless_line(type.unusable)});
  if (check && check->failure)
    rows.push_back({"cannot run:", "it does not load: " + harmless_line(check->failure->message)});
  out += table_text(rows, "");
  const bool is_loaded = check && !check->failure;
  out += ports_text("inputs", is_loaded ? check->inputs : definition.inputs);
  out += ports_text("outputs", is_loaded ? check->outputs : definition.outputs);
  if (type.takes_any_input) {
    out += "Instances may have further inputs of any name, saved or wired.\n";
  }
  if (type.restore_ports) out += "Instances may have further ports, from their saved parameters.\n";
  return is_loaded ? out + differences_text(*check) : out;
}

Value node_type_value(const NodeType& type, const DefinitionCheck* check) {
  const NodeDefinition& definition = type.definition;
  Dict dict = {{"node_id", Value(definition.node_id)},   {"name", Value(definition.name)},
               {"category", Value(definition.category)}, {"description", Value(definition.description)},
               {"origin", Value(type.origin)},           {"usable", Value(type.unusable.empty())}};
  if (!type.unusable.empty()) dict.set("reason", type.unusable);
  if (definition.command) {
    const Dict document = definition.document.as_dict();
    for (const char* member : {"command", "shell", "environment", "directory", "stdin", "outputs_from",
                               "success", "progress", "limits", "speaks"}) {
      if (const Value* value = document.find(member)) dict.set(member, *value);
    }
  }
  const bool is_loaded = check && !check->failure;
  dict.set("inputs", ports_value(is_loaded ? check->inputs : definition.inputs));
  dict.set("outputs", ports_value(is_loaded ? check->outputs : definition.outputs));
  dict.set("dynamic_ports", Value(type.restore_ports != nullptr));
  if (check) dict.set("load", load_value(*check));
  if (is_loaded) {
    std::vector<Value> differences;
    for (const PortDifference& difference : compare_ports(*check))
      differences.push_back(difference_value(difference));
    dict.set("differences", Value::list(std::move(differences)));
  }
  return Value(std::move(dict));
}

}  // namespace vnode
