#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

/// A workflow that is nothing but a group with that content.
Workflow group_of(const Value& document) {
  WorkflowBuilder file;
  file.node("g", "group_node", {{"__workflow__", document}});
  return file.workflow();
}

TEST(CheckGroups, AGoodGroupIsFine) {
  WorkflowBuilder inner;
  inner.node("a", "source").node("b", "sink").data("a.out", "b.number");
  EXPECT_THAT(briefly(validate(group_of(workflow_document(inner.workflow())))), IsEmpty());
}

TEST(CheckGroups, EverythingInsideIsAWarningWithANestedPointer) {
  WorkflowBuilder inner;
  inner.node("a", "Source").node("b", "sink", {{"x", 1}});
  const Problems problems = validate(group_of(workflow_document(inner.workflow())));
  ASSERT_THAT(briefly(problems),
              ElementsAre("group_problem /nodes/0/parameters/__workflow__/nodes/0/node_id",
                          "group_problem /nodes/0/parameters/__workflow__/nodes/1/parameters/x"));
  EXPECT_THAT(problems[0].message,
              AllOf(HasSubstr("in the group group_node ("), HasSubstr("no node type \"Source\""),
                    EndsWith("the group fails when it runs")));
  EXPECT_EQ(problems[0].hint, "did you mean 'source'?");
  EXPECT_THAT(problems[1].message, EndsWith("all the same"));
}

TEST(CheckGroups, WhatEditorsLeaveBehindIsCountedWithTheRest) {
  WorkflowBuilder inner;
  inner.node("a", "source", {{"number", 3}}).node("b", "sink", {{"number", 7}}).data("a.number", "b.number");
  WorkflowBuilder file;
  file.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  file.node("a", "source", {{"number", 3}});
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("idle_values "));
  EXPECT_THAT(problems[0].message, EndsWith("1 of wired inputs, 2 of outputs"));
}

TEST(CheckGroups, BeforeARunTellWhatIsToldOfOtherNodes) {
  WorkflowBuilder inner;
  inner.node("a", "source", {{"unused", 1}}).node("b", "sink").data("a.nothing", "b.number");
  const Workflow workflow = group_of(workflow_document(inner.workflow()));
  const Problems problems = validate_groups_before_run(workflow, small_registry());
  EXPECT_THAT(briefly(problems),
              ElementsAre("group_problem /nodes/0/parameters/__workflow__/connections/0/from_port"));
}

TEST(CheckGroups, AnInnerDocumentThatIsNoWorkflowIsAWarning) {
  EXPECT_THAT(briefly(validate(group_of(Value("text")))),
              ElementsAre(StartsWith("group_problem /nodes/0/parameters/__workflow__")));
  EXPECT_THAT(briefly(validate(group_of(Dict{{"nodes", 5}}))),
              ElementsAre("group_problem /nodes/0/parameters/__workflow__/nodes"));
}

TEST(CheckGroups, AnEmptyGroupFails) {
  WorkflowBuilder file;
  file.node("g", "group_node").node("h", "group_node", {{"__workflow__", Dict()}});
  EXPECT_THAT(briefly(validate(file)), ElementsAre("group_problem /nodes/0/parameters/__workflow__",
                                                   "group_problem /nodes/1/parameters/__workflow__"));
}

TEST(CheckGroups, ReachesTheInnermostOfManyNestedGroups) {
  WorkflowBuilder innermost;
  innermost.node("a", "unheard_of");
  Workflow workflow = innermost.workflow();
  constexpr std::size_t kDepth = 10'000;
  for (std::size_t i = 0; i < kDepth; ++i) workflow = group_of(workflow_document(workflow));
  const Problems problems = validate(workflow);
  ASSERT_THAT(problems, SizeIs(1));
  const std::string step = "/nodes/0/parameters/__workflow__";
  EXPECT_EQ(problems[0].pointer.size(), kDepth * step.size() + std::string("/nodes/0/node_id").size());
  EXPECT_FALSE(has_errors(problems));
}

TEST(CheckGroups, ManyProblemsAreSummedUp) {
  WorkflowBuilder inner;
  for (int i = 0; i < 300; ++i) inner.node("n" + std::to_string(i), "unheard_of");
  const Problems problems = validate(group_of(workflow_document(inner.workflow())));
  ASSERT_THAT(problems, SizeIs(101));
  EXPECT_EQ(problems.back().message, "and 200 more of this kind");
}

}  // namespace
}  // namespace vnode::test
