#include "picture/dot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/picture/sample_pictures.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DotPicture, ConnectsPorts) {
  test::WorkflowBuilder file;
  file.node("a", "first").node("b", "second").exec("a", "b").data("a.out", "b.a");
  const std::string dot = draw_dot(test::picture_of(file.workflow())).text;
  EXPECT_THAT(dot, HasSubstr("n0_0:o0:e -> n0_1:i0:w [penwidth"));
  EXPECT_THAT(dot, HasSubstr("n0_0:o1:e -> n0_1:i1:w;"));
  EXPECT_THAT(dot, HasSubstr("<B>first</B>"));
}

TEST(DotPicture, QuotesWhatIsGraphvizs) {
  const Workflow workflow = test::hostile_workflow();
  const RunOutcomes run = test::hostile_run(workflow);
  const std::string dot = draw_dot(test::picture_of(workflow, &run, test::kHostile)).text;
  EXPECT_THAT(dot, HasSubstr("<B>&lt;/text&gt;&lt;script&gt;")) << "in labels of markup";
  EXPECT_THAT(dot, HasSubstr("\\\"]; \\\\N |")) << "in quoted strings";
  EXPECT_THAT(dot, Not(HasSubstr("\x1B")));
}

}  // namespace
}  // namespace vnode
