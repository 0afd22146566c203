#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CheckSavedValues, ATypeKnowsWhatIsAMistake) {
  WorkflowBuilder file;
  file.node("a", "picky", {{"in", "wrong"}}).node("b", "picky", {{"in", "right"}}).node("s", "source");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("!bad_command /nodes/0/parameters/in/0"));
  EXPECT_EQ(problems[0].message, "picky (" + file.id("a").text() + "): is wrong");
  const Workflow workflow = file.workflow();
  EXPECT_THAT(briefly(validate_before_run(workflow, Graph(workflow), small_registry())),
              ElementsAre("!bad_command /nodes/0/parameters/in/0"));
}

TEST(CheckSavedValues, AValueThatAWireReplacesIsNone) {
  WorkflowBuilder file;
  file.node("s", "source").node("a", "picky", {{"in", "wrong"}}).data("s.out", "a.in");
  EXPECT_THAT(find_problem(validate(file), "bad_command").message, IsEmpty());
}

}  // namespace
}  // namespace vnode::test
