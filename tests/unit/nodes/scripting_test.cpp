#include <gtest/gtest.h>

#include "nodes/native_nodes.h"

namespace vnode {
namespace {

TEST(PythonScript, IsKnownButTellsThatItCannotRun) {
  NodeLibrary library;
  add_scripting_nodes(library);
  const NodeType& type = *library.types().at(0);
  EXPECT_EQ(type.definition.node_id, "python_script");
  EXPECT_FALSE(type.unusable.empty());
  EXPECT_TRUE(type.definition.find_input("return_result"));
}

}  // namespace
}  // namespace vnode
