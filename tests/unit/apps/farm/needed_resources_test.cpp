#include "apps/vnode/farm/needed_resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workflow_builder.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Registry registry_with_needs(ResourceAmounts of_definition) {
  Registry registry;
  auto tool = std::make_shared<NodeType>();
  tool->definition.node_id = "tool";
  tool->limits.resources = std::move(of_definition);
  registry.add(std::move(tool));
  return registry;
}

Dict asking(Dict resources) { return {{"__vnode__", Dict{{"resources", std::move(resources)}}}}; }

TEST(NeededResources, AreTheMostThatOneNodeNeeds) {
  test::WorkflowBuilder w;
  w.node("a", "tool", asking({{"cpus", 4}, {"mem", "2G"}}))
      .node("b", "tool", asking({{"cpus", 2}, {"gpu", 0.5}}))
      .node("c", "tool", asking({{"cpus", 64}}))
      .bypassed("c");
  EXPECT_THAT(most_needed(w.workflow(), Registry(), {}),
              ElementsAre(Pair("cpus", 4000), Pair("gpu", 500), Pair("mem", 2000LL << 30)));
}

TEST(NeededResources, AreThoseOfDefinitionsAndInGeneralWhereANodeSaysNothing) {
  const Registry registry = registry_with_needs({{"license.render", 1000}});
  test::WorkflowBuilder w;
  w.node("a", "tool");
  EXPECT_THAT(most_needed(w.workflow(), registry, {}), ElementsAre(Pair("license.render", 1000)));
  w.node("b", "other", asking({{"cpus", 1}}));
  NodeLimits general;
  general.resources = ResourceAmounts{{"cpus", 9000}};
  EXPECT_THAT(most_needed(w.workflow(), registry, general),
              ElementsAre(Pair("cpus", 1000), Pair("license.render", 1000)));
  test::WorkflowBuilder own;
  own.node("a", "tool", asking({}));
  EXPECT_THAT(most_needed(own.workflow(), registry, {}), IsEmpty()) << "it says that it needs nothing";
}

TEST(NeededResources, AreThoseInGroupsToo) {
  const Dict inner{{"instance_id", "00000000-0000-0000-0000-000000000009"},
                   {"node_id", "tool"},
                   {"position", Value::list({Value(0), Value(0)})},
                   {"parameters", asking({{"gpu", 2}})}};
  test::WorkflowBuilder w;
  w.node("g", "group_node",
         {{"__workflow__", Dict{{"nodes", Value::list({Value(inner)})}, {"connections", Value::list({})}}}});
  EXPECT_THAT(most_needed(w.workflow(), Registry(), {}), ElementsAre(Pair("gpu", 2000)));
}

}  // namespace
}  // namespace vnode
