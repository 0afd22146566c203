#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// With three items, of which `failed` fail.
FakeNode map_node(std::vector<int> failed = {}, bool is_failed = false) {
  FakeNode node(add_parallel_map_nodes, "Parallel For Each");
  node.set("collection", Value::list({"a", "b", "c"}));
  node.map_outcome.results = {Value(1), Value(), Value(3)};
  for (const int index : failed) node.map_outcome.failed.push_back({index, Value("b"), "it broke"});
  node.map_outcome.has_failed = is_failed;
  return node;
}

TEST(ParallelMapNode, PushesItsResultsBeforeItGoesOn) {
  FakeNode node = map_node();
  node.run();
  EXPECT_THAT(node.trace,
              ElementsAre("results = [1, None, 3]", "failed_items = []", "exec_on_finished = True"));
}

TEST(ParallelMapNode, FailsWithTheFirstOfItsFailures) {
  FakeNode node = map_node({1, 2}, true);
  node.run();
  EXPECT_EQ(node.failure, "2 of 3 items failed; the first, item 1 (b): it broke");
}

TEST(ParallelMapNode, HandsItsFailureOnWhereAWireLeads) {
  FakeNode node = map_node({1}, true);
  node.wired_outputs.insert("exec_fail");
  node.run();
  EXPECT_THAT(node.trace, ElementsAre("results = [1, None, 3]",
                                      "failed_items = [{'index': 1, 'item': 'b', 'error': 'it broke'}]",
                                      "exec_fail = True"));
  EXPECT_TRUE(node.map_request.is_failure_handled);
}

TEST(ParallelMapNode, GoesOnOverFailuresThatAreAllowed) {
  FakeNode node = map_node({1});
  node.run();
  EXPECT_EQ(node.trace.back(), "exec_on_finished = True");
}

TEST(ParallelMapNode, ReadsWhatFailuresMean) {
  using Beyond = MapTolerance::Beyond;
  const auto tolerance = [](Value on_error) {
    FakeNode node = map_node();
    node.set("on_error", std::move(on_error));
    node.run();
    EXPECT_EQ(node.failure, std::nullopt);
    return node.map_request.tolerance;
  };
  EXPECT_EQ(tolerance("stop").allowed, 0u);
  EXPECT_EQ(tolerance("continue").beyond, Beyond::kContinue);
  EXPECT_EQ(tolerance("cancel").beyond, Beyond::kCancel);
  EXPECT_EQ(tolerance(2).allowed, 2u);
  EXPECT_EQ(tolerance("2").allowed, 2u);
  EXPECT_EQ(tolerance("67%").allowed, 2u);
  EXPECT_EQ(tolerance("66%").allowed, 1u);
  EXPECT_EQ(tolerance("100%").allowed, 3u);
}

TEST(ParallelMapNode, RefusesWhatIsNone) {
  for (const auto& [port, value] : std::vector<std::pair<std::string, Value>>{{"on_error", "maybe"},
                                                                              {"on_error", "101%"},
                                                                              {"on_error", -1},
                                                                              {"on_error", true},
                                                                              {"batch_size", 0},
                                                                              {"max_concurrency", "many"},
                                                                              {"max_concurrency", 1.5}}) {
    FakeNode node = map_node();
    node.set(port, value).run();
    EXPECT_THAT(node.failure.value_or("none"), HasSubstr(port)) << to_repr(value);
    Problems problems;
    node.type->check_saved(port, value, "/here", problems);
    EXPECT_EQ(problems.size(), 1u) << port << " " << to_repr(value);
  }
}

TEST(ParallelMapNode, OfNothingItHasNoResults) {
  FakeNode node = map_node();
  node.map_outcome = {};
  node.set("collection", Value()).run();
  EXPECT_EQ(node.trace.back(), "exec_on_finished = True");
  EXPECT_EQ(node.map_request.bodies(), 0u);
}

}  // namespace
}  // namespace vnode::test
