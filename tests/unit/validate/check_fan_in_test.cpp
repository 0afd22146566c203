#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CheckFanIn, WarnsOfSeveralSourcesAtTheOneThatWins) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "source").node("c", "sink");
  file.data("b.out", "c.both").data("a.out", "c.list").data("a.out", "c.both").data("b.number", "c.number");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("several_sources /connections/2/to_port"));
  EXPECT_THAT(problems[0].message, HasSubstr("2 outputs"));
  EXPECT_THAT(problems[0].message, HasSubstr("\"both\" of sink (" + file.id("c").text()));
}

TEST(CheckFanIn, SeveralExecWiresIntoOneInputAreFine) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").node("c", "action").exec("a", "c").exec("b", "c");
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
}

TEST(CheckFanIn, WarnsOfRepeatedConnections) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action");
  file.exec("a", "b")
      .data("a.value", "b.any")
      .data("a.value", "b.text")
      .data("a.value", "b.any")
      .exec("a", "b");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems),
              ElementsAre("repeated_connection /connections/3", "repeated_connection /connections/4"));
  EXPECT_THAT(problems[0].message, HasSubstr("/connections/1"));
  EXPECT_THAT(problems[1].message, HasSubstr("runs the node once more"));
}

TEST(CheckFanIn, OneSourceTwiceIsRepeatedButNotSeveral) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink").data("a.out", "b.both").data("a.out", "b.both");
  EXPECT_EQ(find_problem(validate(file), "several_sources").code, "");
}

}  // namespace
}  // namespace vnode::test
