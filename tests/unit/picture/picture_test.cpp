#include "picture/picture.h"

#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "unit/picture/sample_pictures.h"

namespace vnode {
namespace {

using test::picture_of;
using test::WorkflowBuilder;

Workflow nested(const Workflow& inner) {
  WorkflowBuilder file;
  file.node("g", "group_node", Dict{{"__workflow__", workflow_document(inner)}});
  return file.workflow();
}

TEST(Picture, HasASheetForEachGroup) {
  WorkflowBuilder inner;
  inner.node("x", "x");
  const Workflow workflow = nested(nested(inner.workflow()));
  const Picture picture = picture_of(workflow);
  ASSERT_EQ(picture.sheets.size(), 3U);
  EXPECT_EQ(picture.sheets[0]->inside[0], 1U);
  EXPECT_EQ(picture.sheets[2]->address, workflow.nodes[0].instance_id.text() + "/" +
                                            picture.sheets[1]->workflow.nodes[0].instance_id.text());
}

TEST(Picture, FindsOutcomesInsideGroups) {
  WorkflowBuilder inner;
  inner.node("x", "x");
  const Workflow workflow = nested(inner.workflow());
  RunOutcomes run;
  run.nodes[workflow.nodes[0].instance_id.text() + "/" + inner.id("x").text()] = {OutcomeState::kSucceeded, 1,
                                                                                  2, ""};
  const Picture picture = picture_of(workflow, &run);
  EXPECT_EQ(picture.sheets[0]->outcomes[0], nullptr);
  ASSERT_NE(picture.sheets[1]->outcomes[0], nullptr);
  EXPECT_EQ(picture.longest, 2);
}

TEST(Picture, HoldsTooManyGroupsAndBadOnes) {
  WorkflowBuilder file;
  for (int i = 0; i < 300; ++i) {
    file.node("g" + std::to_string(i), "group_node",
              Dict{{"__workflow__", Value(Dict{{"nodes", Value::empty_list()}})}});
  }
  file.node("bad", "group_node", Dict{{"__workflow__", Value("x")}}).node("none", "group_node");
  const Picture picture = picture_of(file.workflow());
  EXPECT_EQ(picture.sheets.size(), 200U);
  EXPECT_EQ(picture.left_out, 101U);
}

TEST(Picture, TakesOnlyColoursForColours) {
  const Picture picture = picture_of(test::hostile_workflow());
  EXPECT_EQ(picture.sheets[0]->notes[0].colour, "#ffffcc");
  ASSERT_EQ(picture.sheets[0]->backdrops.size(), 1U);
  EXPECT_EQ(picture.sheets[0]->backdrops[0].size.width, 400);
}

TEST(Picture, LeadsWiresBackBelowTheNodesOfAFile) {
  const Picture picture = picture_of(test::hostile_workflow());
  const Route& back = picture.sheets[0]->layout.routes[2];
  ASSERT_EQ(back.size(), 3U);
  EXPECT_TRUE(back[1].leads_left);
  EXPECT_GT(back[1].y, 140);
  EXPECT_TRUE(picture.sheets[0]->layout.routes[0].empty()) << "as the editor draws it";
}

}  // namespace
}  // namespace vnode
