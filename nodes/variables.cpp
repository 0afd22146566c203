#include <string>

#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/native_nodes.h"
#include "nodes/stored_value.h"

namespace vnode {
namespace {

Outputs set_variable(NodeCall& call) {
  const Value& name = call.input("name");
  const Value& value = call.input("value");
  if (truthy(name)) {
    call.variables().set(require_key(name), value);
    call.log_success("Set " + brief(name) + " = " + brief(value));
  }
  return {{"value_out", value}};
}

Outputs get_variable(NodeCall& call) {
  const Value& name = call.input("name");
  const Value value = find_variable(call, name);
  call.log_info("Got " + brief(name) + " = " + brief(value));
  return {{"value", value}};
}

/// The list under that name with the item behind it; None is not appended. Anything but a list is replaced.
Value append_to_variable(NodeCall& call, const Value& name, const Value& item) {
  Value list = find_variable(call, name);
  const bool is_new = !list.is_list();
  if (is_new) list = Value::empty_list();
  if (!item.is_none()) {
    list = Value::appended(list, item);
    call.log_info("Appended to " + brief(name) + ": " + brief(item));
  }
  if (is_new || !item.is_none()) call.variables().set(name, list);
  return list;
}

// Without a name nothing is pushed, with one the shape is the standard one: hence not `compute`.
Task<Outputs> append_to_list(NodeContext& node) {
  Outputs outputs;
  const Value name = node.input("list_name");
  if (!truthy(name)) {
    outputs.append("current_list", Value::empty_list());
    if (node.is_output_wired("exec_out")) outputs.append("exec_out", true);
    co_return outputs;
  }
  const Value list = append_to_variable(node, name, node.input("item"));
  co_await node.set_output("current_list", list);
  co_await node.fire("exec_out");
  outputs.append("current_list", list);
  co_return outputs;
}

}  // namespace

void add_variable_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "Set Variable",
                              .name = "Set Variable",
                              .category = "Memory",
                              .description = "Stores a value under a name, for this run.",
                              .inputs = {{"name", "string", "", "text"}, {"value"}},
                              .outputs = {{"value_out", "any", ""}}},
               .compute = set_variable,
               .uses_variables = true});

  library.add(
      {.definition = {.node_id = "Get Variable",
                      .name = "Get Variable",
                      .category = "Memory",
                      .description = "The value stored under a name, or None.",
                      .use_exec = false,
                      .inputs = {{"name", "string", "", "text"}},
                      .outputs = {{"value"}}},
       .compute = get_variable,
       .uses_variables = true,
       .on_parameter_changed = [](NodeContext& node, std::string_view, const Value& name) -> Task<void> {
         return node.set_output("value", find_variable(node, name));
       },
       .watches = {"name"}});

  library.add({.definition = {.node_id = "List Append",
                              .name = "List Append",
                              .category = "Memory",
                              .description = "Appends an item to the list stored under a name.",
                              .inputs = {{"list_name", "string", "", "text"}, {"item"}},
                              .outputs = {{"current_list", "list"}}},
               .uses_variables = true,
               .execute = append_to_list});
}

}  // namespace vnode
