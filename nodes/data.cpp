#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "model/value_ops.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"
#include "nodes/stored_value.h"

namespace vnode {
namespace {

bool is_yes(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return lower == "true" || lower == "1" || lower == "yes";
}

/// The value as a variable of the named type; what cannot be converted stays as it is.
Value convert(const Value& type, const Value& value) {
  const std::string_view name = type.is_text() ? type.as_text() : std::string_view("string");
  if (name == "int") {
    if (value.is_none()) return 0;
    const Result<Value> number = to_int(value);
    return number ? *number : value;
  }
  if (name == "float") {
    if (value.is_none()) return 0.0;
    const Result<double> number = to_float(value);
    return number ? Value(*number) : value;
  }
  if (name == "bool") return value.is_text() ? is_yes(value.as_text()) : truthy(value);
  return value.is_none() ? Value("") : text_value(value);
}

Outputs create_list(NodeCall& call) {
  const Value& items = call.input("items");
  const Value& name = call.input("list_name");
  Value list = Value::empty_list();
  if (!items.is_none()) {
    const Result<Value> elements = iterate(items);
    list = elements ? *elements : Value::list({items});
  }
  const bool stored = truthy(name);
  if (stored) call.variables().set(require_key(name), list);
  call.log_info(std::string(stored ? "Stored" : "Created") + " a list of " +
                std::to_string(list.as_list().size()) + " items");
  return {{"current_list", list}, {"stored", stored}};
}

/// A position counted from the end when negative; nullopt when it lies outside.
std::optional<std::size_t> resolve_index(std::int64_t index, std::size_t length) {
  const auto signed_length = static_cast<std::int64_t>(length);
  if (index >= signed_length || index < -signed_length) return std::nullopt;
  return static_cast<std::size_t>(index < 0 ? index + signed_length : index);
}

std::string_view character_at(std::string_view text, std::size_t position) {
  std::size_t start = 0;
  for (; position > 0; --position) next_code_point(text, start);
  std::size_t end = start;
  next_code_point(text, end);
  return text.substr(start, end - start);
}

/// source[index] as Python means it; nullopt when there is no such item.
std::optional<Value> item_at(const Value& source, const Value& index) {
  if (source.is_dict()) {
    const Dict dict = source.as_dict();
    const Value* found = dict.find(index);
    return found ? std::optional(*found) : std::nullopt;
  }
  if (!source.is_list() && !source.is_text()) return std::nullopt;
  const std::size_t length = *length_of(source);
  const std::optional<std::size_t> position = resolve_index(int_or(index, 0), length);
  if (!position) return std::nullopt;
  return source.is_list() ? source.as_list()[*position] : Value(character_at(source.as_text(), *position));
}

Outputs get_list_item(NodeCall& call) {
  const Value source = input_or_variable(call, "list", "list_name", Kind::kList);
  const Result<Value> number = to_int(call.input("index"));
  const Value index = number ? *number : Value(0);
  std::optional<Value> item;
  if (source.is_none()) {
    call.log_warning("There is no list to take an item from");
  } else {
    item = item_at(source, index);
    if (!item) call.log_warning("No item " + to_text(index) + " in the " + std::string(type_name(source)));
  }
  return {{"item", item.value_or(Value())}, {"success", item.has_value()}};
}

Outputs list_length(NodeCall& call) {
  const Value source = input_or_variable(call, "list", "list_name", Kind::kList);
  if (source.is_none()) return {{"length", 0}};
  const Result<std::size_t> length = length_of(source);
  if (!length) call.log_warning("Cannot count: " + length.error().message);
  return {{"length", length ? *length : 0}};
}

void add_variable_node(NodeLibrary& library) {
  library.add(
      {.definition = {.node_id = "variable_node",
                      .name = "Variable",
                      .category = "Data",
                      .description = "A constant of a chosen type.",
                      .use_exec = false,
                      .inputs = {{"exec_in", "exec"},
                                 {"type", "string", "string", "dropdown", {"int", "float", "string", "bool"}},
                                 {"value", "any", {}, "text"}},
                      .outputs = {{"exec_out", "exec"}, {"out"}}},
       .compute = [](NodeCall& call) -> Outputs {
         return {{"out", convert(call.input("type"), call.input("value"))}};
       },
       .on_parameter_changed = [](NodeContext& node, std::string_view, const Value&) -> Task<void> {
         return node.set_output("out", convert(node.parameter("type"), node.parameter("value")));
       },
       .watches = {"type", "value"}});
}

}  // namespace

void add_data_nodes(NodeLibrary& library) {
  add_variable_node(library);

  library.add({.definition = {.node_id = "create_list",
                              .name = "Create List",
                              .category = "Data",
                              .description = "Makes a list of the items, and stores it if a name is given.",
                              .inputs = {{"list_name", "string", "", "text"}, {"items", "list"}},
                              .outputs = {{"current_list", "list"}, {"stored", "bool"}}},
               .compute = create_list,
               .uses_variables = true});

  library.add({.definition = {.node_id = "get_list_item",
                              .name = "Get List Item",
                              .category = "Data",
                              .description = "One item of a list; negative positions count from the end.",
                              .inputs = {{"list_name", "string", "", "text"},
                                         {"list", "list"},
                                         {"index", "int", 0, "int"}},
                              .outputs = {{"item"}, {"success", "bool"}}},
               .compute = get_list_item,
               .uses_variables = true});

  library.add({.definition = {.node_id = "list_length",
                              .name = "List Length",
                              .category = "Data",
                              .description = "The number of items of a list.",
                              .inputs = {{"list_name", "string", "", "text"}, {"list", "list"}},
                              .outputs = {{"length", "int"}}},
               .compute = list_length,
               .uses_variables = true});
}

}  // namespace vnode
