#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/value_ops.h"
#include "nodes/conversions.h"
#include "nodes/loop_items.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

constexpr std::int64_t kDefaultMaxIterations = 1000;

/// An input that a loop watches while it runs (engine rule 27): reset before each iteration, and computed
/// anew by its data-only sources where the loop asks for it. Without a wire nothing can change it after the
/// first reset, so that an iteration spends no time on it.
class WatchedInput {
 public:
  WatchedInput(NodeContext& node, std::string_view port)
      : node_(node), port_(port), is_wired_(node.is_input_wired(port)) {
    node_.set_parameter(port_, false);
  }

  void reset() {
    if (is_wired_) node_.set_parameter(port_, false);
  }
  Task<void> pull() { return is_wired_ ? node_.pull_input(port_) : Task<void>(); }
  bool is_true() const { return is_wired_ && truthy(node_.parameter(port_)); }

 private:
  NodeContext& node_;
  std::string_view port_;
  bool is_wired_;
};

Value indices_up_to(std::size_t count) {
  std::vector<Value> indices;
  indices.reserve(count);
  for (std::size_t i = 0; i < count; ++i) indices.emplace_back(i);
  return Value::list(std::move(indices));
}

/// One iteration over `item`; true when the loop is to be left.
Task<bool> visit_item(NodeContext& node, WatchedInput& skip, WatchedInput& stop, Value item,
                      std::size_t index) {
  skip.reset();
  stop.reset();
  co_await node.set_output("current_item", std::move(item));
  co_await node.set_output("current_index", Value(index));
  co_await skip.pull();
  co_await node.yield();
  if (skip.is_true()) {
    node.log_info("Skipping item " + std::to_string(index));
    co_await node.fire("exec_skip");
    co_return false;
  }
  co_await node.fire("each_item");
  co_await stop.pull();
  co_await node.yield();
  if (!stop.is_true()) co_return false;
  node.log_info("Left the loop at item " + std::to_string(index));
  co_return true;
}

Task<Outputs> run_for_each(NodeContext& node) {
  WatchedInput stop(node, "break_condition");
  WatchedInput skip(node, "continue_condition");
  co_await node.set_output("completed", false);
  co_await node.set_output("broken", false);

  const Value items = loop_items(node, node.input("collection"));
  const std::size_t count = items.as_list().size();
  const Value indices = indices_up_to(count);
  bool is_broken = false;
  if (count > 0) {
    co_await node.set_output("indices", indices);
    node.log_info("Looping over " + std::to_string(count) + " items");
    for (std::size_t i = 0; i < count && !is_broken && !node.is_stopped(); ++i) {
      is_broken = co_await visit_item(node, skip, stop, items.as_list()[i], i);
    }
    if (!is_broken) node.log_success("Looped over " + std::to_string(count) + " items");
  }
  co_await node.set_output(is_broken ? "broken" : "completed", true);
  co_await node.fire("exec_on_finished");
  Outputs outputs;
  outputs.append("indices", indices);
  outputs.append("completed", !is_broken);
  outputs.append("broken", is_broken);
  co_return outputs;
}

/// The condition of a `While Loop`: one that nobody set is true (engine rule 27).
class LoopCondition {
 public:
  explicit LoopCondition(NodeContext& node) : node_(node), is_given_(node.is_saved("condition")) {}

  Task<void> pull() { return is_given_ ? node_.pull_input("condition") : Task<void>(); }
  bool is_true() const { return !is_given_ || truthy(node_.parameter("condition")); }

 private:
  NodeContext& node_;
  bool is_given_;
};

/// One iteration of a `While Loop`; true when the loop is to be left.
Task<bool> iterate_once(NodeContext& node, WatchedInput& skip, WatchedInput& stop, LoopCondition& condition,
                        std::int64_t index) {
  skip.reset();
  stop.reset();
  co_await node.set_output("current_index", Value(index));
  co_await skip.pull();
  co_await node.yield();
  if (skip.is_true()) {
    node.log_info("Skipping iteration " + std::to_string(index));
    co_await node.fire("exec_skip");
    co_await condition.pull();
    co_return false;
  }
  co_await node.fire("each_iteration");
  co_await stop.pull();
  co_await condition.pull();
  co_await node.yield();
  if (!stop.is_true()) co_return false;
  node.log_info("Left the loop at iteration " + std::to_string(index));
  co_return true;
}

Task<Outputs> run_while(NodeContext& node) {
  WatchedInput stop(node, "break_condition");
  WatchedInput skip(node, "continue_condition");
  LoopCondition condition(node);
  co_await node.set_output("completed", false);
  co_await node.set_output("broken", false);
  co_await stop.pull();

  const std::int64_t most = int_or(node.input("max_iterations"), kDefaultMaxIterations);
  node.log_info("Looping at most " + std::to_string(most) + " times");
  bool is_broken = stop.is_true();
  std::int64_t index = 0;
  while (!is_broken && condition.is_true() && !node.is_stopped() && index < most) {
    is_broken = co_await iterate_once(node, skip, stop, condition, index);
    if (!is_broken) ++index;
  }
  co_await node.set_output(is_broken ? "broken" : "completed", true);
  co_await node.fire("exec_on_finished");
  Outputs outputs;
  outputs.append("completed", !is_broken);
  outputs.append("broken", is_broken);
  outputs.append("current_index", index);
  co_return outputs;
}

}  // namespace

void add_loop_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "For Each",
                              .name = "For Each",
                              .category = "Flow",
                              .description = "Runs each_item for every item of a list, text or dictionary.",
                              .use_exec = false,
                              .inputs = {{"exec_in", "exec"},
                                         {"collection"},
                                         {"break_condition", "bool", false, "bool"},
                                         {"continue_condition", "bool", false, "bool"}},
                              .outputs = {{"each_item", "exec"},
                                          {"exec_skip", "exec"},
                                          {"exec_on_finished", "exec"},
                                          {"completed", "bool"},
                                          {"broken", "bool"},
                                          {"current_item"},
                                          {"current_index", "int"},
                                          {"indices", "list"}}},
               .execute = run_for_each,
               .output_aliases = {{"exec_step", "each_item"},
                                  {"exec_loop_body", "each_item"},
                                  {"exec_out", "exec_on_finished"}},
               .contents = NodeType::Contents::kLoop});

  library.add({.definition = {.node_id = "While Loop",
                              .name = "While Loop",
                              .category = "Flow",
                              .description = "Runs each_iteration as long as a condition holds.",
                              .use_exec = false,
                              .inputs = {{"exec_in", "exec"},
                                         {"condition", "bool", false, "bool"},
                                         {"break_condition", "bool", false, "bool"},
                                         {"continue_condition", "bool", false, "bool"},
                                         {"max_iterations", "int", kDefaultMaxIterations, "int"}},
                              .outputs = {{"each_iteration", "exec"},
                                          {"exec_skip", "exec"},
                                          {"exec_on_finished", "exec"},
                                          {"completed", "bool"},
                                          {"broken", "bool"},
                                          {"current_index", "int"}}},
               .execute = run_while,
               .output_aliases = {{"exec_step", "each_iteration"},
                                  {"exec_loop_body", "each_iteration"},
                                  {"exec_out", "exec_on_finished"}},
               .contents = NodeType::Contents::kLoop});
}

}  // namespace vnode
