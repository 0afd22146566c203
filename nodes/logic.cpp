#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

/// What `compare` makes of an input: a number where it can be one, else a text. None counts as the number 0.
Value comparable(const Value& value) {
  if (value.is_none()) return 0;
  if (value.is_float()) return value;
  const Result<double> number = to_float(value);
  if (number) return *number;
  // Integers have no text to fall back to: Python's float() of a huge one is another error than of a word.
  if (value.kind() == Kind::kBigInt) throw NodeFailure("cannot compare: " + number.error().message);
  return value.is_text() ? value : Value(to_text(value));
}

double number_of(const Value& comparable) {
  return comparable.is_int() ? static_cast<double>(comparable.as_int()) : comparable.as_float();
}

std::partial_ordering order(const Value& a, const Value& b) {
  if (a.is_text() && b.is_text()) return a.as_text() <=> b.as_text();  // UTF-8 sorts as code points do
  return number_of(a) <=> number_of(b);
}

/// The comparison of two comparables; nullopt when they have no order. An unknown operator gives false.
std::optional<bool> compare_by(const Value& a, std::string_view operation, const Value& b) {
  const bool same_type = a.is_text() == b.is_text();
  if (operation == "==") return same_type && std::is_eq(order(a, b));
  if (operation == "!=") return !same_type || std::is_neq(order(a, b));
  const bool is_ordering = operation == ">" || operation == "<" || operation == ">=" || operation == "<=";
  if (!is_ordering) return false;
  if (!same_type) return std::nullopt;
  const std::partial_ordering result = order(a, b);
  if (operation == ">") return std::is_gt(result);
  if (operation == "<") return std::is_lt(result);
  return operation == ">=" ? std::is_gteq(result) : std::is_lteq(result);
}

std::string_view operation_name(const Value& operation) {
  return operation.is_text() ? operation.as_text() : std::string_view();
}

Outputs run_compare(NodeCall& call) {
  const Value a = comparable(call.input("a"));
  const Value b = comparable(call.input("b"));
  const std::string_view operation = operation_name(call.input("operation"));
  call.log_info("Comparing " + brief(a) + " " + brief(call.input("operation")) + " " + brief(b));
  const std::optional<bool> result = compare_by(a, operation, b);
  if (!result) call.log_error("Cannot compare a text with a number");
  return {{"result", result.value_or(false)}};
}

bool recompute(NodeContext& node) {
  try {
    const Value operation = node.parameter("operation");
    return compare_by(comparable(node.parameter("a")), operation_name(operation),
                      comparable(node.parameter("b")))
        .value_or(false);
  } catch (const NodeFailure&) {
    return false;
  }
}

bool apply_gate(const Value& operation, const Value& a, const Value& b) {
  const std::string_view name = operation_name(operation);
  if (name == "AND") return truthy(a) && truthy(b);
  if (name == "OR") return truthy(a) || truthy(b);
  return name == "NOT" && !truthy(a);
}

Task<Outputs> run_if_condition(NodeContext& node) {
  const Value condition = node.input("condition");
  const Value data = node.input("data");
  const bool is_true = truthy(condition);
  node.log_info(std::string("Condition is ") + (is_true ? "true" : "false") + " (" + brief(condition) + ", " +
                std::string(type_name(condition)) + ")");
  const Value on_true = is_true ? data : Value();
  const Value on_false = is_true ? Value() : data;
  co_await node.set_output("on_true", on_true);
  co_await node.set_output("on_false", on_false);
  co_await node.set_output("result", is_true);
  node.log_info(is_true ? "Taking the true branch" : "Taking the false branch");
  co_await node.fire(is_true ? "exec_out" : "exec_false");
  Outputs outputs;
  outputs.append("on_true", on_true);
  outputs.append("on_false", on_false);
  outputs.append("result", is_true);
  outputs.append("exec_out", is_true);
  outputs.append("exec_false", !is_true);
  co_return outputs;
}

void add_comparing_nodes(NodeLibrary& library) {
  library.add({.definition =
                   {.node_id = "compare",
                    .name = "Compare",
                    .category = "Logic",
                    .description = "Compares two values as numbers, or as texts where they are none.",
                    .inputs = {{"a", "any", {}, "text"},
                               {"operation", "string", "==", "dropdown", {"==", "!=", ">", "<", ">=", "<="}},
                               {"b", "any", {}, "text"}},
                    .outputs = {{"result", "bool"}}},
               .compute = run_compare,
               .on_parameter_changed = [](NodeContext& node, std::string_view, const Value&) -> Task<void> {
                 return node.set_output("result", recompute(node));
               },
               .watches = {"a", "b", "operation"}});

  library.add({.definition = {.node_id = "logical_gate",
                              .name = "Logical Gate",
                              .category = "Logic",
                              .description = "AND, OR or NOT of conditions; NOT looks at a only.",
                              .inputs = {{"operation", "string", "AND", "dropdown", {"AND", "OR", "NOT"}},
                                         {"a", "bool", false, "bool"},
                                         {"b", "bool", false, "bool"}},
                              .outputs = {{"result", "bool"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"result", apply_gate(call.input("operation"), call.input("a"), call.input("b"))}};
               },
               .on_parameter_changed = [](NodeContext& node, std::string_view, const Value&) -> Task<void> {
                 return node.set_output("result", apply_gate(node.parameter("operation"), node.parameter("a"),
                                                             node.parameter("b")));
               },
               .watches = {"a", "b", "operation"}});
}

}  // namespace

void add_logic_nodes(NodeLibrary& library) {
  add_comparing_nodes(library);

  library.add(
      {.definition = {.node_id = "if_condition",
                      .name = "If Condition",
                      .category = "Logic",
                      .description = "Continues at exec_out or exec_false, and passes data to that side.",
                      .inputs = {{"condition", "bool", false, "bool"}, {"data"}},
                      .outputs = {{"exec_false", "exec"}, {"on_true"}, {"on_false"}, {"result", "bool"}}},
       .execute = run_if_condition});

  library.add({.definition = {.node_id = "Two Way Switch",
                              .name = "Two Way Switch",
                              .category = "Logic",
                              .description = "Passes one of two values, chosen by a condition.",
                              .inputs = {{"condition", "bool", false, "bool"}, {"input_1"}, {"input_2"}},
                              .outputs = {{"output"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 const bool is_first = truthy(call.input("condition"));
                 call.log_info(is_first ? "Passing input_1" : "Passing input_2");
                 return {{"output", call.input(is_first ? "input_1" : "input_2")}};
               },
               .on_parameter_changed = [](NodeContext& node, std::string_view, const Value&) -> Task<void> {
                 const bool is_first = truthy(node.parameter("condition"));
                 return node.set_output("output", node.parameter(is_first ? "input_1" : "input_2"));
               },
               .watches = {"condition", "input_1", "input_2"}});
}

}  // namespace vnode
