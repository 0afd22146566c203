#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

TEST(CheckParameters, NotesValuesWithoutPort) {
  WorkflowBuilder file;
  file.node("a", "sink", {{"numbr", 1}, {"a/b", 2}, {"number", 3}});
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("unused_parameter /nodes/0/parameters/numbr",
                                             "unused_parameter /nodes/0/parameters/a~1b"));
  EXPECT_EQ(problems[0].severity, Severity::kNote);
  EXPECT_EQ(problems[0].hint, "did you mean 'number'?");
  EXPECT_EQ(problems[0].node, "sink (" + file.id("a").text() + ")");
}

TEST(CheckParameters, PrivateKeysHaveMeaning) {
  WorkflowBuilder file;
  file.node("a", "sink",
            {{"python_code", ""},
             {"__workflow__", 1},
             {"__port_defs__", 1},
             {"__name__", 1},
             {"_injected_value", 1}});
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
}

TEST(CheckParameters, SavedOutputsAreCountedAndExecPinsAreNoise) {
  WorkflowBuilder file;
  file.node("s", "source")
      .node("a", "loop",
            {{"exec_in", true},
             {"exec_out", true},
             {"each_item", true},
             {"current_item", 7},
             {"collection", "abc"}});
  file.node("b", "action", {{"exec_in", true}, {"value", "old"}}).exec("a.each_item", "b");
  file.data("s.out", "b.any");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("idle_values "));
  EXPECT_THAT(problems[0].message, EndsWith(": 2 of outputs"));
}

TEST(CheckParameters, ValuesThatAWireReplacesAreCountedInOneNote) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink", {{"number", 7}, {"list", Value::list({1})}});
  file.data("a.out", "b.number").data("a.out", "b.list");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("idle_values "));
  EXPECT_EQ(problems[0].severity, Severity::kNote);
  EXPECT_THAT(problems[0].message, EndsWith(": 2 of wired inputs"));
}

TEST(CheckParameters, TheDefaultOfAWiredInputIsNoLoss) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink", {{"number", 5.0}, {"list", Value::empty_list()}});
  file.data("a.out", "b.number").data("a.out", "b.list");
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
}

TEST(CheckParameters, AnInputThatSharesItsNameWithAnOutputCountsAsOutput) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink", {{"both", 7}}).data("a.out", "b.both");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("idle_values "));
  EXPECT_THAT(problems[0].message, EndsWith(": 1 of outputs"));
}

TEST(CheckParameters, KnowsThePortsOfTheInstance) {
  WorkflowBuilder file;
  file.node("a", "steps", {{"step_0", 1}, {"step_12", nullptr}, {"other", 1}});
  EXPECT_THAT(briefly(validate(file)), ElementsAre("unused_parameter /nodes/0/parameters/other"));
}

}  // namespace
}  // namespace vnode::test
