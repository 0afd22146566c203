#include "apps/vnode/node_description.h"

#include <algorithm>

#include "apps/vnode/terminal_text.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// Rows as aligned columns, two blanks in between.
std::string table_text(const Rows& rows, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - display_width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

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
  Rows rows;
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
  }
  return "broken";
}

}  // namespace

std::string node_list_text(const std::vector<NodeTypePtr>& types) {
  Rows rows;
  for (const NodeTypePtr& type : types) {
    rows.push_back({harmless_line(type->definition.node_id), harmless_line(type->definition.category),
                    harmless_line(type->origin), type->unusable.empty() ? "" : "(cannot run)"});
  }
  return table_text(rows, "");
}

Value node_list_value(const std::vector<NodeTypePtr>& types, const std::vector<LoadNote>& notes) {
  std::vector<Value> nodes;
  for (const NodeTypePtr& type : types) nodes.push_back(node_type_value(*type));
  std::vector<Value> remarks;
  for (const LoadNote& note : notes) {
    remarks.push_back(Value(Dict{{"kind", Value(kind_name(note.kind))},
                                 {"file", Value(note.file)},
                                 {"node_id", Value(note.node_id)},
                                 {"message", Value(note.message)}}));
  }
  return Value(Dict{{"nodes", Value::list(std::move(nodes))}, {"notes", Value::list(std::move(remarks))}});
}

std::string node_type_text(const NodeType& type) {
  const NodeDefinition& definition = type.definition;
  std::string out = harmless_line(definition.node_id);
  if (!definition.name.empty() && definition.name != definition.node_id)
    out += " (" + harmless_line(definition.name) + ")";
  out += "\n";
  if (!definition.description.empty()) out += harmless_lines(definition.description) + "\n";
  Rows rows = {{"category:", harmless_line(definition.category)}, {"origin:", harmless_line(type.origin)}};
  if (!type.unusable.empty()) rows.push_back({"cannot run:", harmless_line(type.unusable)});
  out += table_text(rows, "");
  out += ports_text("inputs", definition.inputs) + ports_text("outputs", definition.outputs);
  if (type.restore_ports) out += "Instances may have further ports, from their saved parameters.\n";
  return out;
}

Value node_type_value(const NodeType& type) {
  const NodeDefinition& definition = type.definition;
  Dict dict = {{"node_id", Value(definition.node_id)},   {"name", Value(definition.name)},
               {"category", Value(definition.category)}, {"description", Value(definition.description)},
               {"origin", Value(type.origin)},           {"usable", Value(type.unusable.empty())}};
  if (!type.unusable.empty()) dict.set("reason", type.unusable);
  dict.set("inputs", ports_value(definition.inputs));
  dict.set("outputs", ports_value(definition.outputs));
  dict.set("dynamic_ports", Value(type.restore_ports != nullptr));
  return Value(std::move(dict));
}

}  // namespace vnode
