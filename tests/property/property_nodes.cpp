#include "property/property_nodes.h"

#include <stdexcept>

#include "model/value_ops.h"
#include "nodes/native_nodes.h"
#include "property/loop_models.h"

namespace vnode::test {
namespace {

const Port kExecIn{"exec_in", "exec"}, kExecOut{"exec_out", "exec"};

NodeDefinition node(std::string id, std::vector<Port> inputs, std::vector<Port> outputs) {
  return {.node_id = std::move(id),
          .use_exec = false,
          .inputs = std::move(inputs),
          .outputs = std::move(outputs)};
}

/// Integers grow on their way, so that a stale one shows.
Value bumped(const Value& value) { return value.is_int() ? Value(value.as_int() + 1) : value; }

/// At most three of whatever arrives.
std::int64_t few(const Value& value) { return value.is_int() ? ((value.as_int() % 4) + 4) % 4 : 1; }

/// Whether a node fails this time: bit n of `fails` speaks of execution n, counted in a parameter without a
/// port.
bool fails_now(const Value& fails, const Value& count) {
  const std::int64_t bits = fails.is_int() ? fails.as_int() : 7;
  return (bits >> ((count.is_int() ? count.as_int() : 0) % 3)) & 1;
}

Outputs bumped_out(NodeCall& call) { return {{"out", bumped(call.input("in"))}}; }
ModelTable model_standard(ModelNode& n) {
  n.push("out", bumped(n.input("in")));
  return {{"out", bumped(n.input("in"))}};
}
ModelTable model_standard_firing(ModelNode& n) {
  n.push("out", bumped(n.input("in")));
  n.push("exec_out", true);
  return {{"out", bumped(n.input("in"))}};
}

Task<void> push_hook(NodeContext& n, std::string_view, const Value& value) {
  co_await n.set_output("out", bumped(value));
}
void model_push_hook(ModelNode& n, const Value& value) { n.push("out", bumped(value)); }

std::vector<PropertyKind> computing_kinds() {
  std::vector<PropertyKind> kinds;
  kinds.push_back({.type = {.definition = node("source", {{"value", "any", 1}}, {{"out"}}),
                            .compute = [](NodeCall& n) -> Outputs {
                              return {{"out", n.input("value")}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("out", n.input("value"));
                     return {{"out", n.input("value")}};
                   }});
  kinds.push_back({.type = {.definition = node("relay", {{"in"}}, {{"out"}}), .compute = bumped_out},
                   .execute = model_standard});
  kinds.push_back(
      {.type = {.definition = node("pass", {kExecIn, {"in"}}, {kExecOut, {"out"}}), .compute = bumped_out},
       .execute = model_standard_firing});
  // A chain of its own wherever it is connected: it cannot be triggered by the name of a pin.
  kinds.push_back(
      {.type = {.definition = node("starter", {{"in"}}, {{"out"}, kExecOut}), .compute = bumped_out},
       .execute = model_standard_firing});
  // Two inputs, in an order that the pulls show.
  kinds.push_back({.type = {.definition = node("pair", {{"b"}, {"a"}}, {{"out"}}),
                            .compute = [](NodeCall& n) -> Outputs {
                              return {{"out", Value::list({n.input("a"), n.input("b")})}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("out", Value::list({n.input("a"), n.input("b")}));
                     return {{"out", Value::list({n.input("a"), n.input("b")})}};
                   }});
  // Input and output of one name share the parameter. `extra` and `break_condition` are ports of nobody.
  kinds.push_back({.type = {.definition = node("shared", {kExecIn, {"value"}}, {{"value"}, kExecOut}),
                            .compute = [](NodeCall& n) -> Outputs {
                              return {{"value", bumped(n.input("value"))}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     const Value value = bumped(n.input("value"));
                     n.push("value", value);
                     n.push("exec_out", true);
                     return {{"value", value}};
                   }});
  kinds.push_back(
      {.type = {.definition = node("undeclared", {{"in"}}, {{"out"}}),
                .compute = [](NodeCall& n) -> Outputs {
                  return {{"out", Value::list({n.input("extra"), n.input("break_condition")})}, {"ghost", 5}};
                }},
       .execute = [](ModelNode& n) -> ModelTable {
         const Value value = Value::list({n.input("extra"), n.input("break_condition")});
         n.push("out", value);
         n.push("ghost", 5);
         return {{"out", value}, {"ghost", 5}};
       }});
  // Feedback: the one declared port that does not order layers.
  kinds.push_back({.type = {.definition = node("feedback", {{"in"}, {"break_condition"}}, {{"out"}}),
                            .compute = [](NodeCall& n) -> Outputs {
                              return {{"out", Value::list({n.input("in"), n.input("break_condition")})}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     const Value value = Value::list({n.input("in"), n.input("break_condition")});
                     n.push("out", value);
                     return {{"out", value}};
                   }});
  return kinds;
}

std::vector<PropertyKind> returning_kinds() {
  std::vector<PropertyKind> kinds;
  kinds.push_back({.type = {.definition = node("return_data", {{"in"}}, {{"out"}}),
                            .compute = bumped_out,
                            .shape = Shape::kReturnOnly},
                   .execute = [](ModelNode& n) -> ModelTable {
                     return {{"out", bumped(n.input("in"))}};
                   }});
  kinds.push_back(
      {.type =
           {.definition = node("return_exec", {kExecIn, {"in"}, {"fire", "any", true}},
                               {{"second"}, kExecOut, {"first"}}),
            .compute = [](NodeCall& n) -> Outputs {
              return {{"ghost", 9}, {"first", n.input("in")}, {"second", 2}, {"exec_out", n.input("fire")}};
            },
            .shape = Shape::kReturnOnly},
       .execute = [](ModelNode& n) -> ModelTable {
         return {{"ghost", 9}, {"first", n.input("in")}, {"second", 2}, {"exec_out", n.input("fire")}};
       }});
  kinds.push_back(
      {.type = {.definition = node("return_empty", {kExecIn, {"in"}}, {kExecOut, {"out", "any", 4}}),
                .compute = [](NodeCall&) -> Outputs { return {}; },
                .shape = Shape::kReturnOnly},
       .execute = [](ModelNode&) -> ModelTable { return {}; }});
  // Returns the same number as another type, or the same value again.
  kinds.push_back({.type = {.definition = node("retype", {{"in", "any", 1.0}}, {{"out"}}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              co_await n.set_output("out", 1);
                              co_return Outputs{{"out", n.input("in")}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("out", 1);
                     return {{"out", n.input("in")}};
                   }});
  kinds.push_back({.type = {.definition = node("late", {{"in"}}, {{"out"}, {"other"}}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              co_await n.set_output("out", 1);
                              co_await n.yield();
                              co_return Outputs{{"out", 2}, {"other", n.input("in")}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("out", 1);
                     n.yield();
                     return {{"out", 2}, {"other", n.input("in")}};
                   }});
  kinds.push_back({.type = {.definition = node("late_exec", {kExecIn, {"in"}}, {kExecOut, {"out"}}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              co_await n.fire("exec_out");
                              co_await n.yield();
                              co_return Outputs{{"exec_out", true}, {"out", n.input("in")}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("exec_out", true);
                     n.yield();
                     return {{"exec_out", true}, {"out", n.input("in")}};
                   }});
  // Pushes false first: that is no firing, so the returned true counts.
  kinds.push_back({.type = {.definition = node("false_first", {kExecIn}, {kExecOut}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              co_await n.set_output("exec_out", false);
                              co_await n.set_output("nothing", 1);
                              co_return Outputs{{"exec_out", 1}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("exec_out", false);
                     n.push("nothing", 1);
                     return {{"exec_out", 1}};
                   }});
  return kinds;
}

std::vector<PropertyKind> flowing_kinds() {
  std::vector<PropertyKind> kinds;
  kinds.push_back(
      {.type = {.definition = node("yielding", {kExecIn, {"times", "any", 1}, {"in"}}, {kExecOut, {"out"}}),
                .execute = [](NodeContext& n) -> Task<Outputs> {
                  for (std::int64_t i = few(n.input("times")); i > 0; --i) co_await n.yield();
                  co_await n.set_output("out", bumped(n.input("in")));
                  co_await n.fire("exec_out");
                  co_return Outputs{{"out", bumped(n.input("in"))}};
                }},
       .execute = [](ModelNode& n) -> ModelTable {
         for (std::int64_t i = few(n.input("times")); i > 0; --i) n.yield();
         return model_standard_firing(n);
       }});
  kinds.push_back({.type = {.definition = node("slow", {{"times", "any", 1}, {"in"}}, {{"early"}, {"out"}}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              co_await n.set_output("early", n.input("times"));
                              for (std::int64_t i = few(n.input("times")); i > 0; --i) co_await n.yield();
                              co_await n.set_output("out", n.parameter("in"));
                              co_await n.yield();
                              co_return Outputs{{"early", n.input("in")}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("early", n.input("times"));
                     for (std::int64_t i = few(n.input("times")); i > 0; --i) n.yield();
                     n.push("out", n.live("in"));
                     n.yield();
                     return {{"early", n.input("in")}};
                   }});
  kinds.push_back({.type = {.definition = node("fan", {kExecIn, {"in"}},
                                               {{"first", "exec"}, {"out"}, {"second", "exec"}}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              co_await n.set_output("out", n.input("in"));
                              co_await n.fire("first");
                              co_await n.set_output("out", n.parameter("in"));
                              co_await n.fire("second");
                              co_await n.fire("first");
                              co_return Outputs{{"second", true}, {"out", "end"}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("out", n.input("in"));
                     n.push("first", true);
                     n.push("out", n.live("in"));
                     n.push("second", true);
                     n.push("first", true);
                     return {{"second", true}, {"out", "end"}};
                   }});
  kinds.push_back({.type = {.definition = node("repeat", {kExecIn, {"count", "any", 2}},
                                               {{"body", "exec"}, {"index"}, {"done", "exec"}}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              const std::int64_t count = few(n.input("count"));
                              for (std::int64_t i = 0; i < count; ++i) {
                                co_await n.set_output("index", i);
                                co_await n.yield();
                                co_await n.fire("body");
                                co_await n.yield();
                              }
                              co_await n.fire("done");
                              co_return Outputs{{"index", count}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     const std::int64_t count = few(n.input("count"));
                     for (std::int64_t i = 0; i < count; ++i) {
                       n.push("index", i);
                       n.yield();
                       n.push("body", true);
                       n.yield();
                     }
                     n.push("done", true);
                     return {{"index", count}};
                   }});
  // Reads what arrived since, and puts a parameter down itself.
  kinds.push_back({.type = {.definition = node("live", {kExecIn, {"in"}, {"other"}}, {{"out"}, kExecOut}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              co_await n.fire("exec_out");
                              co_await n.set_output("out", n.parameter("in"));
                              n.set_parameter("other", 50);
                              co_await n.pull_input("other");
                              co_await n.set_output("out", n.parameter("other"));
                              co_return Outputs{{"out", n.parameter("other")}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     n.push("exec_out", true);
                     n.push("out", n.live("in"));
                     n.set_live("other", 50);
                     n.pull("other");
                     n.push("out", n.live("other"));
                     return {{"out", n.live("other")}};
                   }});
  return kinds;
}

std::vector<PropertyKind> reactive_kinds() {
  std::vector<PropertyKind> kinds;
  kinds.push_back({.type = {.definition = node("reactive", {{"in"}, {"quiet"}}, {{"out"}}),
                            .compute = bumped_out,
                            .on_parameter_changed = push_hook,
                            .watches = {"in"}},
                   .execute = model_standard,
                   .hook = model_push_hook});
  kinds.push_back({.type = {.definition = node("reactive_exec", {kExecIn, {"in"}}, {kExecOut, {"out"}}),
                            .compute = bumped_out,
                            .on_parameter_changed = push_hook,
                            .watches = {"in"}},
                   .execute = model_standard_firing,
                   .hook = model_push_hook});
  kinds.push_back({.type = {.definition = node("reactive_return", {{"in"}}, {{"out"}}),
                            .compute = [](NodeCall& n) -> Outputs {
                              return {{"out", n.input("in")}};
                            },
                            .shape = Shape::kReturnOnly,
                            .on_parameter_changed = push_hook,
                            .watches = {"in"}},
                   .execute = [](ModelNode& n) -> ModelTable {
                     return {{"out", n.input("in")}};
                   },
                   .hook = model_push_hook});
  kinds.push_back({.type = {.definition = node("reactive_slow", {{"in"}}, {{"out"}}),
                            .compute = bumped_out,
                            .on_parameter_changed = [](NodeContext& n, std::string_view,
                                                       const Value& value) -> Task<void> {
                              const Value kept = value;
                              co_await n.yield();
                              co_await n.set_output("out", bumped(kept));
                            },
                            .watches = {"in"}},
                   .execute = model_standard,
                   .hook = [](ModelNode& n, const Value& value) {
                     const Value kept = value;
                     n.yield();
                     n.push("out", bumped(kept));
                   }});
  kinds.push_back({.type = {.definition = node("hook_fires", {{"in"}}, {{"out"}, kExecOut}),
                            .compute = [](NodeCall& n) -> Outputs {
                              return {{"out", n.input("in")}};
                            },
                            .shape = Shape::kReturnOnly,
                            .on_parameter_changed = [](NodeContext& n, std::string_view, const Value& value)
                                -> Task<void> { co_await n.set_output("exec_out", value); },
                            .watches = {"in"}},
                   .execute = [](ModelNode& n) -> ModelTable {
                     return {{"out", n.input("in")}};
                   },
                   .hook = [](ModelNode& n, const Value& value) { n.push("exec_out", value); }});
  kinds.push_back({.type = {.definition = node("hook_fails", {kExecIn, {"in"}}, {{"out"}, kExecOut}),
                            .compute = bumped_out,
                            .on_parameter_changed = [](NodeContext& n, std::string_view,
                                                       const Value& value) -> Task<void> {
                              co_await n.set_output("out", value);
                              throw NodeFailure("the hook failed");
                            },
                            .watches = {"in"}},
                   .execute = model_standard_firing,
                   .hook = [](ModelNode& n, const Value& value) {
                     n.push("out", value);
                     throw ModelFailure();
                   }});
  return kinds;
}

std::vector<PropertyKind> failing_kinds() {
  std::vector<PropertyKind> kinds;
  kinds.push_back({.type = {.definition = node("fail", {{"fails", "any", 7}, {"in"}}, {{"out"}}),
                            .execute = [](NodeContext& n) -> Task<Outputs> {
                              const bool fails = fails_now(n.input("fails"), n.input("count"));
                              n.set_parameter("count",
                                              n.input("count").is_int() ? n.input("count").as_int() + 1 : 1);
                              co_await n.set_output("out", n.input("in"));
                              if (fails) throw NodeFailure("it failed");
                              co_return Outputs{{"out", n.input("in")}};
                            }},
                   .execute = [](ModelNode& n) -> ModelTable {
                     const bool fails = fails_now(n.input("fails"), n.input("count"));
                     n.set_live("count", n.input("count").is_int() ? n.input("count").as_int() + 1 : 1);
                     n.push("out", n.input("in"));
                     if (fails) throw ModelFailure();
                     return {{"out", n.input("in")}};
                   },
                   .unwired = {"fails"}});
  kinds.push_back(
      {.type = {.definition = node("fail_exec", {kExecIn, {"fails", "any", 1}, {"in"}}, {kExecOut, {"out"}}),
                .execute = [](NodeContext& n) -> Task<Outputs> {
                  const bool fails = fails_now(n.input("fails"), n.input("count"));
                  n.set_parameter("count", n.input("count").is_int() ? n.input("count").as_int() + 1 : 1);
                  co_await n.yield();
                  if (fails) throw NodeFailure("it failed");
                  co_await n.fire("exec_out");
                  co_return Outputs{{"out", n.input("in")}};
                }},
       .execute = [](ModelNode& n) -> ModelTable {
         const bool fails = fails_now(n.input("fails"), n.input("count"));
         n.set_live("count", n.input("count").is_int() ? n.input("count").as_int() + 1 : 1);
         n.yield();
         if (fails) throw ModelFailure();
         n.push("exec_out", true);
         return {{"out", n.input("in")}};
       },
       .unwired = {"fails"}});
  return kinds;
}

std::vector<PropertyKind> loop_kinds() {
  NodeLibrary library;
  add_loop_nodes(library);
  std::vector<PropertyKind> kinds;
  for (const NodeTypePtr& type : library.types()) {
    if (type->definition.node_id == "For Each") kinds.push_back({.type = *type, .execute = model_for_each});
    if (type->definition.node_id == "While Loop") {
      kinds.push_back({.type = *type, .execute = model_while_loop, .unwired = {"max_iterations"}});
    }
  }
  return kinds;
}

}  // namespace

const std::vector<PropertyKind>& property_kinds() {
  static const std::vector<PropertyKind> kKinds = [] {
    std::vector<PropertyKind> all;
    for (auto* make :
         {computing_kinds, returning_kinds, flowing_kinds, reactive_kinds, failing_kinds, loop_kinds}) {
      for (PropertyKind& kind : make()) all.push_back(std::move(kind));
    }
    return all;
  }();
  return kKinds;
}

const PropertyKind& property_kind(const std::string& node_id) {
  for (const PropertyKind& kind : property_kinds()) {
    if (kind.type.definition.node_id == node_id) return kind;
  }
  throw std::invalid_argument("no such kind: " + node_id);
}

}  // namespace vnode::test
