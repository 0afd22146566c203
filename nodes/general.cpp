#include <string>
#include <string_view>

#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

Value text_value_or_empty(const Value& value) { return value.is_none() ? Value("") : text_value(value); }

/// For nodes that only return their outputs: asks for the continuation of the flow where a wire leaves
/// `exec_out`.
Outputs continue_flow(NodeCall& call, Outputs outputs) {
  if (call.is_output_wired("exec_out")) outputs.append("exec_out", true);
  return outputs;
}

Outputs pick_item(NodeCall& call) {
  const Result<Value> items = iterate(call.input("items"));
  if (!items) throw NodeFailure("items: " + items.error().message);
  const Value& selection = call.input("selection");
  if (selection.is_text()) {
    for (const Value& item : items->as_list()) {
      const bool is_selected =
          item.is_text() ? item.as_text() == selection.as_text() : to_text(item) == selection.as_text();
      if (is_selected) return continue_flow(call, {{"selected_item", item}});
    }
  }
  return continue_flow(call, {{"selected_item", nullptr}});
}

void add_printing_nodes(NodeLibrary& library) {
  library.add(
      {.definition = {.node_id = "console_print",
                      .name = "Console Print",
                      .category = "IO",
                      .description = "Prints a value, and prints again whenever one is pushed to it.",
                      .inputs = {{"data", "any", {}, "text"}},
                      .outputs = {{"out"}}},
       .compute = [](NodeCall& call) -> Outputs {
         const Value text = text_value_or_empty(call.input("data"));
         call.log_success("Print: " + brief(text));
         call.print("PRINT NODE: " + std::string(text.as_text()));
         return {{"out", text}};
       },
       .on_parameter_changed = [](NodeContext& node, std::string_view, const Value& value) -> Task<void> {
         node.log_info("Received: " + brief(value));
         node.print("STREAM PRINT: " + to_text(value));
         node.set_parameter("out", value);
         return {};
       },
       .watches = {"data"}});

  library.add({.definition = {.node_id = "Console Sink",
                              .name = "Console Sink",
                              .category = "IO",
                              .description = "Prints a value.",
                              .inputs = {{"data"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 call.print("SINK: " + to_text(call.input("data")));
                 return continue_flow(call, {});
               },
               .shape = Shape::kReturnOnly});

  library.add(
      {.definition = {.node_id = "message_node",
                      .name = "Message Node",
                      .category = "String",
                      .description = "Logs a message and passes it on.",
                      .inputs = {{"msg", "string", "", "text"}},
                      .outputs = {{"out", "string"}}},
       .compute = [](NodeCall& call) -> Outputs {
         const Value text = text_value_or_empty(call.input("msg"));
         call.log_info("Message: " + brief(text));
         return {{"out", text}};
       },
       .on_parameter_changed = [](NodeContext& node, std::string_view, const Value& value) -> Task<void> {
         node.set_parameter("out", value);
         return {};
       },
       .watches = {"msg"}});
}

}  // namespace

void add_general_nodes(NodeLibrary& library) {
  add_printing_nodes(library);

  library.add({.definition = {.node_id = "Data Processor",
                              .name = "Data Processor",
                              .category = "General",
                              .description = "Marks a value, as text, as processed.",
                              .inputs = {{"data_in"}},
                              .outputs = {{"data_out"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return continue_flow(call, {{"data_out", "Processed: " + to_text(call.input("data_in"))}});
               },
               .shape = Shape::kReturnOnly});

  library.add(
      {.definition = {.node_id = "Dropdown_Selector",
                      .name = "Dropdown_Selector",
                      .category = "General",
                      .description = "Gives the option that was chosen.",
                      .use_exec = false,
                      .inputs = {{.name = "selection",
                                  .type = "string",
                                  .default_value = "Option A",
                                  .widget = "dropdown",
                                  .options = {"Option A", "Option B", "Option C"},
                                  .initial = ""}},
                      .outputs = {{"selected_item", "string"}}},
       .compute = [](NodeCall& call) -> Outputs {
         call.log_info("Selected: " + brief(call.input("selection")));
         return {{"selected_item", call.input("selection")}};
       },
       .shape = Shape::kReturnOnly,
       .on_parameter_changed = [](NodeContext& node, std::string_view, const Value& value) -> Task<void> {
         return node.set_output("selected_item", value);
       },
       .watches = {"selection"}});

  library.add({.definition = {.node_id = "list_item_picker",
                              .name = "list_item_picker",
                              .category = "General",
                              .description = "Gives the first item whose text is the selection.",
                              .inputs = {{"items", "list"},
                                         {"selection", "string", "", "dropdown", {"(no items yet)"}}},
                              .outputs = {{"selected_item"}, {"port_1"}}},
               .compute = pick_item,
               .shape = Shape::kReturnOnly});
}

}  // namespace vnode
