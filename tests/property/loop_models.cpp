#include "property/loop_models.h"

#include "model/value_ops.h"

namespace vnode::test {
namespace {

void reset_conditions(ModelNode& n) {
  n.set_live("break_condition", false);
  n.set_live("continue_condition", false);
}

}  // namespace

ModelTable model_for_each(ModelNode& n) {
  const Value empty = Value::empty_list();
  reset_conditions(n);
  n.push("completed", false);
  n.push("broken", false);
  const auto items = iterate(n.input("collection"));
  if (!truthy(n.input("collection")) || !items) {
    n.push("completed", true);
    n.push("exec_on_finished", true);
    return {{"indices", empty}, {"completed", true}, {"broken", false}};
  }
  std::vector<Value> numbers;
  for (std::size_t i = 0; i < items->as_list().size(); ++i) numbers.push_back(Value(i));
  const Value indices = Value::list(std::span<const Value>(numbers));
  n.push("indices", indices);
  bool broken = false;
  for (std::size_t i = 0; i < numbers.size() && !broken; ++i) {
    reset_conditions(n);
    n.push("current_item", items->as_list()[i]);
    n.push("current_index", Value(i));
    n.pull("continue_condition");
    n.yield();
    if (truthy(n.live("continue_condition"))) {
      n.push("exec_skip", true);
      continue;
    }
    n.push("each_item", true);
    n.pull("break_condition");
    n.yield();
    broken = truthy(n.live("break_condition"));
  }
  n.push(broken ? "broken" : "completed", true);
  n.push("exec_on_finished", true);
  return {{"indices", indices}, {"completed", !broken}, {"broken", broken}};
}

ModelTable model_while_loop(ModelNode& n) {
  reset_conditions(n);
  n.push("completed", false);
  n.push("broken", false);
  n.pull("break_condition");
  bool broken = truthy(n.live("break_condition"));
  const auto limit = to_int64(n.input("max_iterations"));
  const std::int64_t most = limit ? *limit : 1000;
  const bool endless = !n.is_wired_or_saved("condition");
  auto goes_on = [&] { return endless || truthy(n.live("condition")); };
  std::int64_t i = 0;
  bool again = goes_on();
  while (!broken && again && i < most) {
    reset_conditions(n);
    n.push("current_index", i);
    n.pull("continue_condition");
    n.yield();
    if (truthy(n.live("continue_condition"))) {
      n.push("exec_skip", true);
      ++i;
      n.pull("condition");
      again = goes_on();
      continue;
    }
    n.push("each_iteration", true);
    n.pull("break_condition");
    n.pull("condition");
    n.yield();
    broken = truthy(n.live("break_condition"));
    if (broken) break;
    ++i;
    again = goes_on();
  }
  n.push(broken ? "broken" : "completed", true);
  n.push("exec_on_finished", true);
  return {{"completed", !broken}, {"broken", broken}, {"current_index", i}};
}

}  // namespace vnode::test
