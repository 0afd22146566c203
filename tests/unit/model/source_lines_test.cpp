#include "model/source_lines.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

constexpr const char* kJson = R"({
  "nodes": [
    {"instance_id": "0a", "parameters": {"}": "]\"{",
      "a/b~": [1,
        {"c": true}]}},
    {
      "instance_id":
        "0b"}
  ],
  "connections": [{"to_node": "0b",
    "from_node": "0a"}]
})";

TEST(SourceLines, FindsWhatAPointerNames) {
  EXPECT_EQ(line_of_pointer(kJson, ""), 1u);
  EXPECT_EQ(line_of_pointer(kJson, "/nodes"), 2u);
  EXPECT_EQ(line_of_pointer(kJson, "/nodes/0"), 3u);
  EXPECT_EQ(line_of_pointer(kJson, "/nodes/0/parameters/a~1b~0/1/c"), 5u);
  EXPECT_EQ(line_of_pointer(kJson, "/nodes/1"), 6u);
  EXPECT_EQ(line_of_pointer(kJson, "/nodes/1/instance_id"), 8u);
  EXPECT_EQ(line_of_pointer(kJson, "/connections/0/from_node"), 11u);
}

TEST(SourceLines, StaysAroundWhatIsMissing) {
  EXPECT_EQ(line_of_pointer(kJson, "/nodes/7"), 2u);
  EXPECT_EQ(line_of_pointer(kJson, "/nodes/1/node_id"), 6u);
  EXPECT_EQ(line_of_pointer(kJson, "/nodes/x"), 2u);
  EXPECT_EQ(line_of_pointer("\n\n[1, \"", "/1/2"), 3u);
  EXPECT_EQ(line_of_pointer("", "/nodes"), 1u);
  EXPECT_EQ(line_of_pointer("{\"a\"", "/a"), 1u);
}

TEST(SourceLines, FindsNodes) {
  EXPECT_EQ(line_of_node(kJson, "0a", ""), 3u);
  EXPECT_EQ(line_of_node(kJson, "0b", ""), 8u);
  EXPECT_EQ(line_of_node(kJson, "0c", "0c"), 0u);
  constexpr const char* kYaml =
      "parameters:\n  render: {}\nnodes:\n  renderer: {type: x}\n  # render:\n  'render': {type: x}\n  a "
      "b:\n    type: y\n";
  EXPECT_EQ(line_of_node(kYaml, "0a", "render"), 6u);
  EXPECT_EQ(line_of_node(kYaml, "0a", "a b"), 7u);
  EXPECT_EQ(line_of_node(kYaml, "0a", "nodes"), 0u);
}

}  // namespace
}  // namespace vnode
