#include "apps/vnode/completion/yaml_outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(const std::vector<YamlOutline::Entry>& entries) {
  std::vector<std::string> names;
  for (const YamlOutline::Entry& entry : entries) names.push_back(entry.name + ": " + entry.type);
  return names;
}

TEST(YamlOutline, HasNodesAndTheirTypes) {
  const YamlOutline outline = read_yaml_outline(R"(name: dailies
nodes:                  # what there is to do
  range:  {type: frame_range, text: "1-10, 12"}
  # a comment
  each:
    type: Parallel For Each   # four at once
    note: |
      type: is nothing here
      other: lines
    then: {each_item: render}
  'my node': {text: "{type: no}", type: 'run_command'}
  group:
    nodes:
      inner: {type: delay_timer}
  open: {type: message_node,
    msg: hello}
outputs:
  result: range.frames
)");
  EXPECT_THAT(names(outline.nodes), ElementsAre("range: frame_range", "each: Parallel For Each",
                                                "my node: run_command", "group: ", "open: message_node"));
  EXPECT_TRUE(outline.parameters.empty());
}

TEST(YamlOutline, HasParametersWithWhatTheyCanBe) {
  const YamlOutline outline = read_yaml_outline(
      "parameters:\n"
      "    frames: {type: text, default: 1-10, description: 'frames, to render'}\n"
      "    quality:\n"
      "        type: choice\r\n"
      "        options: [preview, \"final, really\"]   # two\n"
      "\n"
      "nodes: {}\n");
  EXPECT_THAT(names(outline.parameters), ElementsAre("frames: text", "quality: choice"));
  EXPECT_EQ(outline.parameters[0].description, "frames, to render");
  EXPECT_THAT(outline.parameters[1].options, ElementsAre("preview", "final, really"));
  EXPECT_TRUE(outline.nodes.empty());
}

TEST(YamlOutline, IsThereWhileSomebodyWrites) {
  EXPECT_THAT(names(read_yaml_outline("nodes:\n  a: {type: x}\n  b: {type: \n  c\n  d:\n    type").nodes),
              ElementsAre("a: x", "b: ", "d: "));
  EXPECT_TRUE(read_yaml_outline("").nodes.empty());
  EXPECT_TRUE(read_yaml_outline("{\"nodes\": []}").nodes.empty());
  EXPECT_TRUE(read_yaml_outline("nodes:\n- a\n- \"\n}]").nodes.empty());
}

}  // namespace
}  // namespace vnode
