#include "node/node_type.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(NodeLibrary, AddsExecPinsInFront) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "a", .inputs = {{"x"}}, .outputs = {{"y", "list"}}}});
  const NodeDefinition& definition = library.types().at(0)->definition;
  EXPECT_EQ(definition.inputs.at(0).name, "exec_in");
  EXPECT_TRUE(definition.inputs.at(0).is_exec());
  EXPECT_EQ(definition.outputs.at(0).name, "exec_out");
  EXPECT_TRUE(definition.outputs.at(1).default_value.is_list());
}

TEST(NodeLibrary, LeavesDeclaredExecPinsWhereTheyAre) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "a", .inputs = {{"x"}, {"exec_in", "exec"}}}});
  EXPECT_EQ(library.types().at(0)->definition.inputs.at(0).name, "x");
  EXPECT_EQ(library.types().at(0)->definition.inputs.size(), 2u);
}

TEST(NodeLibrary, AddsNoPinsWithoutUseExec) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "a", .use_exec = false, .inputs = {{"x"}}}});
  EXPECT_EQ(library.types().at(0)->definition.inputs.size(), 1u);
  EXPECT_TRUE(library.types().at(0)->definition.outputs.empty());
}

TEST(PortSet, LeavesAnExistingNameAlone) {
  std::vector<Port> inputs = {{"x", "int", 5}}, outputs;
  PortSet ports{inputs, outputs};
  ports.add_input({.name = "x", .type = "string"});
  ports.add_input({.name = "y", .type = "string"});
  ports.add_output({.name = "x"});
  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].type, "int");
  EXPECT_EQ(inputs[1].default_value.as_text(), "");
  EXPECT_EQ(outputs.size(), 1u);
}

TEST(NodeType, KnowsThePortsItWatches) {
  NodeType type;
  type.watches = {"a", "b"};
  EXPECT_TRUE(type.watches_port("b"));
  EXPECT_FALSE(type.watches_port("c"));
}

}  // namespace
}  // namespace vnode
