#include "picture/mermaid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/picture/sample_pictures.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(MermaidPicture, TellsExecWiresFromData) {
  test::WorkflowBuilder file;
  file.node("a", "first").node("b", "second").exec("a", "b").data("a.out", "b.a");
  const Drawing drawing = draw_mermaid(test::picture_of(file.workflow()));
  EXPECT_EQ(
      drawing.text,
      "flowchart LR\n  n0_0[\"first\"]\n  n0_1[\"second\"]\n  n0_0 ==> n0_1\n  n0_0 -->|\"out\"| n0_1\n");
  EXPECT_THAT(drawing.warnings, IsEmpty());
}

TEST(MermaidPicture, WritesWhatIsMermaidsAsEntities) {
  const std::string text = draw_mermaid(test::picture_of(test::hostile_workflow())).text;
  for (const char* bad : {"<script", "%%{", "`y`", "\"]; "}) EXPECT_THAT(text, Not(HasSubstr(bad)));
  EXPECT_THAT(text, HasSubstr("#60;script#62;"));
}

TEST(MermaidPicture, EndsAtMermaidsLimits) {
  test::WorkflowBuilder many;
  for (int i = 0; i < 2000; ++i) many.node("n" + std::to_string(i), "a_rather_long_name_of_a_node");
  const Drawing nodes = draw_mermaid(test::picture_of(many.workflow()));
  EXPECT_LE(nodes.text.size(), kMostMermaidCharacters);
  EXPECT_THAT(nodes.warnings, SizeIs(1));
  test::WorkflowBuilder wires;
  wires.node("a", "x").node("b", "x");
  for (int i = 0; i < 600; ++i) wires.exec("a", "b");
  const Drawing drawing = draw_mermaid(test::picture_of(wires.workflow()));
  EXPECT_THAT(drawing.warnings, testing::ElementsAre(HasSubstr("0 nodes and 100 wires are left out")));
}

}  // namespace
}  // namespace vnode
