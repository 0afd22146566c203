#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

using namespace std::chrono_literals;

// Part of what these nodes do: bodies may rely on other chains going on meanwhile.
constexpr Duration kBodyPause = 10ms;
constexpr Duration kWhilePause = 50ms;
constexpr std::int64_t kDefaultMaxRounds = 1000;

Value elements(const Value& indices) {
  if (indices.is_none()) return Value::empty_list();
  const Result<Value> items = iterate(indices);
  if (!items) throw NodeFailure("indices: " + items.error().message);
  return *items;
}

double delay_seconds(const Value& delay) {
  const Result<double> seconds = to_float(delay);
  return seconds ? *seconds : 0.0;
}

Task<Outputs> run_loop_body(NodeContext& node) {
  node.set_parameter("break_condition", false);
  const Value indices = elements(node.input("indices"));
  const Value operation = node.parameter("operation");
  const std::string label = operation.is_none() ? "Processing" : brief(operation);
  const double delay = delay_seconds(node.parameter("delay"));
  node.log_info(label + ": " + std::to_string(indices.as_list().size()) + " elements");
  co_await node.set_output("completed", false);
  co_await node.set_output("broken", false);

  std::vector<Value> done;
  bool is_broken = false;
  for (const Value& element : indices.as_list()) {
    is_broken = node.is_stopped();
    if (is_broken) break;
    co_await node.sleep(kBodyPause);
    is_broken = truthy(node.parameter("break_condition"));
    if (is_broken) {
      node.log_info("The break condition is true");
      break;
    }
    node.log_info(label + " " + brief(element));
    co_await node.set_output("current_index", element);
    co_await node.fire("exec_out");
    done.push_back(element);
    if (delay > 0) co_await node.sleep(to_duration(delay));
  }
  if (is_broken) {
    node.log_error(label + ": left after " + std::to_string(done.size()) + " elements");
  } else {
    node.log_success(label + ": done");
  }
  co_await node.set_output(is_broken ? "broken" : "completed", true);

  const Value last = done.empty() ? Value() : done.back();
  const Value results = Value::list(std::move(done));
  // Before the flow goes on: what reads the results there would otherwise miss them.
  if (node.is_output_wired("results")) co_await node.set_output("results", results);
  co_await node.fire("exec_on_finished");
  Outputs outputs;
  outputs.append("results", results);
  outputs.append("current_index", last);
  outputs.append("completed", !is_broken);
  outputs.append("broken", is_broken);
  co_return outputs;
}

Task<Outputs> run_timed_while(NodeContext& node) {
  const std::int64_t most = int_or(node.input("max_iterations"), kDefaultMaxRounds);
  std::int64_t count = 0;
  while (truthy(node.parameter("condition")) && !node.is_stopped() && count < most) {
    co_await node.set_output("current_index", Value(count));
    co_await node.fire("exec_out");
    co_await node.sleep(kWhilePause);
    ++count;
  }
  co_await node.set_output("iterations", Value(count));
  if (node.is_output_wired("exec_on_finished")) co_await node.fire("exec_on_finished");
  Outputs outputs;
  outputs.append("current_index", count);
  outputs.append("iterations", count);
  co_return outputs;
}

}  // namespace

void add_timed_loop_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "loop_body",
                              .name = "Loop Body",
                              .category = "Flow",
                              .description = "Runs exec_out for each index, with a pause in between.",
                              .inputs = {{"indices", "list"},
                                         {"operation", "string", "Processing", "text"},
                                         {"delay", "float", 0.0, "float"},
                                         {"break_condition", "bool", false, "bool"}},
                              .outputs = {{"exec_on_finished", "exec"},
                                          {"results", "list"},
                                          {"current_index", "int"},
                                          {"completed", "bool"},
                                          {"broken", "bool"}},
                              // It logs one where its break condition ends it, which is what that is for.
                              .reports_error_logs = true},
               .execute = run_loop_body,
               .contents = NodeType::Contents::kLoop});

  library.add(
      {.definition = {.node_id = "while_loop",
                      .name = "While Loop",
                      .category = "Flow",
                      .description = "Runs exec_out as long as a condition holds, then exec_on_finished.",
                      .inputs = {{"condition", "bool", false, "bool"},
                                 {"max_iterations", "int", kDefaultMaxRounds, "int"}},
                      .outputs = {{"current_index", "int"},
                                  {"iterations", "int"},
                                  {"exec_on_finished", "exec"}}},
       .execute = run_timed_while,
       .contents = NodeType::Contents::kLoop});
}

}  // namespace vnode
