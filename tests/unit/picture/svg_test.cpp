#include "picture/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/picture/sample_pictures.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SvgPicture, DrawsNodesAndWires) {
  test::WorkflowBuilder file;
  file.node("a", "first").node("b", "second").exec("a", "b").data("a.out", "b.a");
  const std::string svg = draw_svg(test::picture_of(file.workflow())).text;
  EXPECT_THAT(svg, HasSubstr(">first</text>"));
  EXPECT_THAT(svg, HasSubstr("<path class=\"e\""));
  EXPECT_THAT(svg, HasSubstr("<path class=\"w ti\""));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(svg, Not(HasSubstr("time, of the slowest"))) << "a legend only for a run";
}

TEST(SvgPicture, IsColouredByARun) {
  const Workflow workflow = test::hostile_workflow();
  const RunOutcomes run = test::hostile_run(workflow);
  const std::string svg = draw_svg(test::picture_of(workflow, &run)).text;
  EXPECT_THAT(svg, HasSubstr("s-bad"));
  EXPECT_THAT(svg, HasSubstr("1.5 s \xC3\x97"
                             "3"));
  EXPECT_THAT(svg, HasSubstr("time, of the slowest"));
  EXPECT_THAT(svg, HasSubstr("never started 1"));
  EXPECT_THAT(svg, HasSubstr("oh &lt;no&gt; &amp; &quot;so&quot;"));
}

TEST(SvgPicture, HoldsNothingThatCouldAct) {
  const Workflow workflow = test::hostile_workflow();
  const RunOutcomes run = test::hostile_run(workflow);
  const std::string svg = draw_svg(test::picture_of(workflow, &run, test::kHostile)).text;
  for (const char* bad : {"<script", "\x1B", "\xE2\x80\xAE", "\xFF", "red\"", "href", "<b>"})
    EXPECT_THAT(svg, Not(HasSubstr(bad)));
  EXPECT_LT(svg.size(), 40'000U) << "of a long value only its beginning is drawn";
}

TEST(SvgPicture, OfNothingIsAPicture) {
  EXPECT_THAT(draw_svg(test::picture_of({})).text, HasSubstr("</svg>"));
}

}  // namespace
}  // namespace vnode
