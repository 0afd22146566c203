#include "registry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::ElementsAre;

NodeTypePtr make_type(const std::string& id, const std::string& origin = "native") {
  return std::make_shared<NodeType>(NodeType{.definition = {.node_id = id}, .origin = origin});
}

TEST(Registry, FindsTypesById) {
  Registry registry;
  EXPECT_EQ(registry.add(make_type("For Each")), nullptr);
  ASSERT_NE(registry.find("For Each"), nullptr);
  EXPECT_EQ(registry.find("For Each")->definition.node_id, "For Each");
  EXPECT_EQ(registry.find("for each"), nullptr);
}

TEST(Registry, ReplacesAndKeepsWhatIsStillInUse) {
  Registry registry;
  registry.add(make_type("a", "first"));
  const NodeTypePtr in_use = registry.find("a");
  EXPECT_EQ(registry.add(make_type("a", "second")), in_use);
  EXPECT_EQ(in_use->origin, "first");
  EXPECT_EQ(registry.find("a")->origin, "second");
}

TEST(Registry, ListsTypesById) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "b"}});
  library.add({.definition = {.node_id = "a"}});
  Registry registry;
  registry.add_library(library);
  EXPECT_THAT(registry.types(), ElementsAre(library.types()[1], library.types()[0]));
}

TEST(Registry, SuggestsTheNearestId) {
  Registry registry;
  registry.add(make_type("For Each"));
  registry.add(make_type("While Loop"));
  EXPECT_EQ(registry.suggestion("for_each"), "For Each");
  EXPECT_EQ(registry.suggestion("unrelated"), "");
}

}  // namespace
}  // namespace vnode
