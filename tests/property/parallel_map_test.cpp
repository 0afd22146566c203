// Rules 44 to 46: a parallel map against a sequential model, which executes each body as a run of its own.
//
//   VNODE_PROPERTY_CASES=100000 ./property_test --gtest_filter='ParallelMap*'

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

/// A random body, built into a workflow behind whatever brings the item and the index.
class RandomBody {
 public:
  explicit RandomBody(std::uint32_t seed) : seed_(seed) {}

  /// `item` and `index`: outputs; `begin`: an exec output. Returns the output that is the body's result.
  std::string build(WorkflowBuilder& w, const std::string& item, const std::string& index,
                    const std::string& begin) {
    std::mt19937 random(seed_);
    const auto below = [&random](std::size_t count) { return std::size_t(random()) % count; };
    std::vector<std::string> values{item, index, "outside.value"};
    std::vector<std::string> ends{begin};
    const std::size_t count = 2 + below(6);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = "n" + std::to_string(i);
      const std::string source = values[below(values.size())];
      switch (below(8)) {
        case 0:  // data-only
          w.node(name, "math_add", {{"b", int(below(5))}}).data(source, name + ".a");
          values.push_back(name + ".result");
          break;
        case 1:
          w.node(name, "test_relay").data(source, name + ".in");
          values.push_back(name + ".out");
          break;
        case 2:  // a hook: it gives on what is pushed into it
          w.node(name, "Two Way Switch").data(source, name + ".input_1").data(item, name + ".condition");
          values.push_back(name + ".output");
          break;
        case 3:  // two ways, one of which may fail
          w.node(name, "if_condition").data(source, name + ".condition").exec(ends[below(ends.size())], name);
          w.node(name + "f", below(2) ? "test_fail" : "test_pass").exec(name + ".exec_false", name + "f");
          ends.push_back(name + ".exec_out");
          values.push_back(name + ".result");
          break;
        case 4:  // gives way to others
          w.node(name, "test_yield", {{"times", int(1 + below(4))}}).exec(ends[below(ends.size())], name);
          ends.push_back(name + ".exec_out");
          break;
        case 5:  // a group
          w.node(name, "group_node", {{"__workflow__", inner()}, {"__port_defs__", ports()}});
          w.data(source, name + ".x").exec(ends[below(ends.size())], name);
          ends.push_back(name + ".exec_out");
          values.push_back(name + ".y");
          break;
        case 6:  // a variable of the item's own name
          w.node(name, "Set Variable").data(item, name + ".name").data(source, name + ".value");
          w.exec(ends[below(ends.size())], name);
          ends.push_back(name + ".exec_out");
          break;
        default:
          w.node(name, "test_pass").data(source, name + ".in").exec(ends[below(ends.size())], name);
          ends.push_back(name + ".exec_out");
          values.push_back(name + ".out");
          break;
      }
    }
    return values[below(values.size())];
  }

 private:
  static Value inner() {
    WorkflowBuilder w;
    w.node("in", "group_in", {{"port_name", "x"}}).node("sum", "math_add", {{"b", 1}});
    w.node("out", "group_out", {{"port_name", "y"}})
        .data("in.value", "sum.a")
        .data("sum.result", "out.value");
    return workflow_document(w.workflow());
  }
  static Value ports() {
    return Value::list({Value(Dict{{"name", "x"}, {"type", "any"}, {"is_input", true}}),
                        Value(Dict{{"name", "y"}, {"type", "any"}, {"is_input", false}})});
  }

  const std::uint32_t seed_;
};

struct Expected {
  std::string result;  ///< repr
  bool failed = false;
};

/// One body, as a workflow without a map: a For Each over that item alone, behind which the result is pulled.
Expected run_alone(std::uint32_t seed, int item, int index) {
  WorkflowBuilder w;
  w.node("outside", "test_value", {{"in", 3}});
  w.node("index", "test_value", {{"in", index}});
  w.node("each", "For Each", {{"collection", Value::list({item})}});
  const std::string result = RandomBody(seed).build(w, "each.current_item", "index.value", "each.each_item");
  w.node("end", "test_relay").data(result, "end.in").node("last", "test_pass").data("end.out", "last.in");
  w.exec("each.exec_on_finished", "last");
  RunHarness run(w);
  run.run();
  const std::size_t dot = result.find('.');
  return {run.result(result.substr(0, dot), result.substr(dot + 1)), run.outcome().exit_code != 0};
}

class ParallelMapProperty : public testing::Test {
 protected:
  static std::string text_of(const std::vector<std::string>& results) {
    std::string text = "[";
    for (const std::string& result : results) text += (text.size() > 1 ? ", " : "") + result;
    return text + "]";
  }
};

TEST_F(ParallelMapProperty, GivesWhatTheModelGives) {
  std::size_t failures = 0;
  const char* cases = std::getenv("VNODE_PROPERTY_CASES");
  const auto last = static_cast<std::uint32_t>(cases ? std::atoi(cases) : 2000);
  for (std::uint32_t seed = 1; seed <= last; ++seed) {
    std::mt19937 random(seed * 7919);
    const int count = 1 + int(random() % 5);
    const int at_once = 1 + int(random() % 4);
    std::vector<Value> items;
    std::vector<std::string> results;
    std::size_t failed = 0;
    for (int i = 0; i < count; ++i) {
      const int item = int(random() % 3);
      items.emplace_back(item);
      const Expected expected = run_alone(seed, item, i);
      failed += expected.failed;
      results.push_back(expected.failed || expected.result == "unset" ? "None" : expected.result);
    }
    failures += failed;
    const int allowed = int(random() % (count + 1));
    WorkflowBuilder w;
    w.node("outside", "test_value", {{"in", 3}});
    w.node(
        "each", "Parallel For Each",
        {{"collection", Value::list(std::move(items))}, {"max_concurrency", at_once}, {"on_error", allowed}});
    const std::string result =
        RandomBody(seed).build(w, "each.current_item", "each.current_index", "each.each_item");
    w.data(result, "each.result").node("end", "test_pass").exec("each.exec_on_finished", "end");
    RunHarness run(w);
    run.run();
    ASSERT_EQ(run.outcome().exit_code != 0, failed > std::size_t(allowed)) << "seed " << seed;
    ASSERT_EQ(run.sink().only({"started end"}).empty(), failed > std::size_t(allowed)) << "seed " << seed;
    if (failed > std::size_t(allowed)) continue;  // not all bodies were begun
    ASSERT_EQ(run.result("each", "results"), text_of(results)) << "seed " << seed;
  }
  EXPECT_GT(failures, last / 20) << "the bodies must fail now and then";
}

}  // namespace
}  // namespace vnode::test
