#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

/// Steps beyond this number are ignored: one saved name like `step_999999999` must not fill the memory.
constexpr std::int64_t kMostSteps = 100'000;
constexpr std::string_view kStepPrefix = "step_";

/// The number in a parameter name like `step_12`: what stands between the first two underscores. -1 when it
/// is none.
std::int64_t step_number(std::string_view name) {
  if (!name.starts_with(kStepPrefix)) return -1;
  name.remove_prefix(kStepPrefix.size());
  return int_or(Value(name.substr(0, name.find('_'))), -1);
}

void restore_steps(const Dict& saved, PortSet ports) {
  std::int64_t last = 0;
  for (const Dict::Entry& entry : saved) {
    const std::int64_t number = entry.key.is_text() ? step_number(entry.key.as_text()) : -1;
    if (number <= kMostSteps) last = std::max(last, number);
  }
  std::vector<bool> exists(static_cast<std::size_t>(last) + 1);
  for (const Port& port : ports.inputs) {
    const std::int64_t number = step_number(port.name);
    if (number >= 0 && number <= last) exists[static_cast<std::size_t>(number)] = true;
  }
  // Straight into the vector: looking each name up again would take quadratic time.
  for (std::size_t i = 0; i < exists.size(); ++i) {
    if (!exists[i]) ports.inputs.push_back({.name = std::string(kStepPrefix) + std::to_string(i)});
  }
}

std::vector<std::pair<std::int64_t, std::string_view>> steps_in_order(const NodeContext& node) {
  std::vector<std::pair<std::int64_t, std::string_view>> steps;
  for (std::string_view port : node.input_ports()) {
    const std::int64_t number = step_number(port);
    if (number >= 0) steps.emplace_back(number, port);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

Task<Outputs> run_sequence(NodeContext& node) {
  const auto steps = steps_in_order(node);
  node.log_info("Running " + std::to_string(steps.size()) + " steps");
  Value last;
  for (const auto& [number, port] : steps) {
    if (node.is_stopped()) break;
    const Value value = node.input(port);
    if (value.is_none()) continue;
    node.log_info("Step " + std::to_string(number) + ": " + brief(value));
    last = value;
    co_await node.set_output("result", value);
    co_await node.fire("exec_step");
    co_await node.yield();
  }
  node.log_success("All steps done");
  if (node.is_output_wired("exec_out")) co_await node.fire("exec_out");
  Outputs outputs;
  outputs.append("result", last);
  co_return outputs;
}

/// start, start + step, ... before end. `step` is not zero.
std::vector<Value> range(std::int64_t start, std::int64_t end, std::int64_t step) {
  constexpr std::uint64_t kMostIndices = 100'000'000;
  if (step > 0 ? start >= end : start <= end) return {};
  const bool is_up = step > 0;
  // Unsigned, because the distance between two 64-bit integers does not fit a signed one.
  const auto distance =
      is_up ? std::uint64_t(end) - std::uint64_t(start) : std::uint64_t(start) - std::uint64_t(end);
  const std::uint64_t stride = is_up ? std::uint64_t(step) : std::uint64_t(0) - std::uint64_t(step);
  const std::uint64_t count = (distance - 1) / stride + 1;
  if (count > kMostIndices) throw NodeFailure("too many indices: " + std::to_string(count));
  std::vector<Value> indices;
  indices.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    indices.emplace_back(static_cast<std::int64_t>(std::uint64_t(start) + i * std::uint64_t(step)));
  }
  return indices;
}

/// A bound of the range: what is no number is the fallback, what exceeds 64 bits fails the node.
std::int64_t bound(NodeCall& call, std::string_view port, std::int64_t fallback) {
  const Result<Value> number = to_int(call.input(port));
  return number ? require_int(*number, port) : fallback;
}

Outputs run_for_loop(NodeCall& call) {
  const std::int64_t start = bound(call, "start", 0);
  const std::int64_t end = bound(call, "end", 10);
  const std::int64_t step = bound(call, "step", 1);
  const Value indices = Value::list(range(start, end, step == 0 ? 1 : step));
  const std::size_t count = indices.as_list().size();
  call.log_info(std::to_string(count) + " indices");
  return {{"indices", indices}, {"current_index", count == 0 ? Value(0) : indices.as_list()[count - 1]}};
}

Task<Outputs> run_delay(NodeContext& node) {
  const double seconds = require_float(node.input("delay"), "delay");
  const Duration delay = to_duration(seconds);
  node.log_info("Waiting " + to_text(Value(seconds)) + " s");
  co_await node.sleep(delay);
  node.log_success("Waited " + to_text(Value(seconds)) + " s");
  co_await node.fire("exec_out");
  co_return Outputs();
}

}  // namespace

void add_flow_nodes(NodeLibrary& library) {
  library.add(
      {.definition = {.node_id = "Sequencer",
                      .name = "Sequencer",
                      .category = "Flow",
                      .description = "Passes its steps on one after the other, then continues at exec_out.",
                      .use_exec = false,
                      .inputs = {{"step_0"}},
                      .outputs = {{"result"}, {"exec_step", "exec"}, {"exec_out", "exec"}}},
       .execute = run_sequence,
       .restore_ports = restore_steps});

  library.add(
      {.definition = {.node_id = "for_loop",
                      .name = "For Loop",
                      .category = "Flow",
                      .description = "Makes the list of indices from start to end, and continues once.",
                      .inputs = {{"start", "int", 0, "int"},
                                 {"end", "int", 10, "int"},
                                 {"step", "int", 1, "int"}},
                      .outputs = {{"current_index", "int"}, {"indices", "list"}}},
       .compute = run_for_loop});

  library.add({.definition = {.node_id = "delay_timer",
                              .name = "Delay Timer",
                              .category = "Control",
                              .description = "Waits for some seconds, then continues.",
                              .inputs = {{"delay", "float", 1.0, "float"}}},
               .touches_world = true,
               .execute = run_delay});
}

}  // namespace vnode
