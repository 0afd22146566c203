#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/graph/long_chain.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string label(const WorkflowBuilder& file, const std::string& name) {
  for (const NodeInstance& node : file.workflow().nodes) {
    if (node.instance_id == file.id(name)) return node_label(node);
  }
  return {};
}

// Rule 8.
TEST(CheckFlow, ACycleInDataFlowModeIsAnErrorThatNamesItsNodes) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "source").node("c", "source");
  file.data("c.out", "b.in").data("b.out", "c.in").data("b.out", "a.in");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("!cycle /nodes/1"));
  EXPECT_THAT(problems[0].message,
              HasSubstr(label(file, "b") + " -> " + label(file, "c") + " -> " + label(file, "b")));
}

TEST(CheckFlow, EveryCycleInDataFlowModeIsReported) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "source").data("a.out", "a.in").data("b.out", "b.in");
  EXPECT_THAT(briefly(validate(file)), ElementsAre("!cycle /nodes/0", "!cycle /nodes/1"));
}

TEST(CheckFlow, FeedbackIntoBreakConditionIsNoCycle) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "source").data("a.value", "b.in").data("b.out", "a.break_condition");
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
  file.node("c", "action").exec("c", "a");
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
}

// Rule 9.
TEST(CheckFlow, AFedBackResultIsANoteThatNamesItsNodes) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").node("c", "action");
  file.exec("a", "b").exec("b", "c").data("c.value", "b.any");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("feedback_cycle /nodes/1"));
  EXPECT_EQ(problems[0].severity, Severity::kNote);
  EXPECT_THAT(problems[0].message,
              HasSubstr(label(file, "b") + " -> " + label(file, "c") + " -> " + label(file, "b")));
}

TEST(CheckFlow, ACycleOfDataAloneOrOfExecWiresAloneIsAWarning) {
  WorkflowBuilder data;
  data.node("a", "source").node("b", "source").data("a.out", "b.in").data("b.out", "a.in");
  data.node("c", "action").node("d", "action").exec("c", "d");
  EXPECT_EQ(find_problem(validate(data), "feedback_cycle").severity, Severity::kWarning);
  WorkflowBuilder exec;
  exec.node("a", "action")
      .node("b", "action")
      .node("c", "action")
      .exec("a", "b")
      .exec("b", "c")
      .exec("c", "b");
  EXPECT_EQ(find_problem(validate(exec), "feedback_cycle").severity, Severity::kWarning);
}

// Rule 7.
TEST(CheckFlow, WarnsWhenNothingStarts) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").exec("a", "b").exec("b", "a");
  EXPECT_THAT(briefly(validate(file)), ElementsAre("feedback_cycle /nodes/0", "no_start /nodes"));
  file.init_priority("a", 1);
  EXPECT_THAT(briefly(validate(file)), ElementsAre("feedback_cycle /nodes/0"));
}

TEST(CheckFlow, ANodeWithoutExecInputStartsThoughAnExecWireArrives) {
  WorkflowBuilder file;
  file.node("a", "steps").node("b", "action").exec("a.exec_step", "b").exec("b", "a.step_0");
  EXPECT_EQ(find_problem(validate(file), "no_start").code, "");
  EXPECT_EQ(find_problem(validate(file), "unreachable").code, "");
}

TEST(CheckFlow, WarnsOfNodesThatNoChainReaches) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").exec("a", "b");
  file.node("c", "action")
      .node("d", "action")
      .node("e", "action")
      .exec("c", "d")
      .exec("d", "c")
      .exec("d", "e");
  const Problems problems = validate(file);
  EXPECT_THAT(briefly(problems), ElementsAre("feedback_cycle /nodes/2", "unreachable /nodes/2",
                                             "unreachable /nodes/3", "unreachable /nodes/4"));
  EXPECT_EQ(find_problem(problems, "unreachable").node, label(file, "c"));
}

TEST(CheckFlow, AWireThatCannotFireReachesNothingUnlessItsNodeIsBypassed) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").exec("a.gone", "b");
  EXPECT_EQ(find_problem(validate(file), "unreachable").pointer, "/nodes/1");
  file.bypassed("a");
  EXPECT_EQ(find_problem(validate(file), "unreachable").code, "");
}

TEST(CheckFlow, AnInitNodeReachesItsChain) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").node("c", "action").node("d", "action");
  file.exec("a", "b").exec("b", "a").exec("c", "d").init_priority("a", 2);
  EXPECT_EQ(find_problem(validate(file), "unreachable").code, "");
}

TEST(CheckFlow, WarnsOfUnconnectedNodesInFlowModeOnly) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").node("lone", "action");
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
  file.exec("a", "b");
  EXPECT_THAT(briefly(validate(file)), ElementsAre("unconnected /nodes/2"));
  file.init_priority("lone", 1);
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
}

TEST(CheckFlow, NodesThatWorkByTheirPresenceNeedNoWire) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").node("p", "prism_core_init").exec("a", "b");
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
}

TEST(CheckFlow, GoesAsDeepAsTheGraph) {
  Workflow chain = long_chain(kManyNodes, true);
  for (NodeInstance& node : chain.nodes) node.node_id = "action";
  for (Connection& connection : chain.connections) {
    connection.from_port = "exec_out";
    connection.to_port = "exec_in";
  }
  EXPECT_THAT(briefly(validate(chain)), IsEmpty());
  chain.connections.push_back(chain.connections.back());
  chain.connections.back().from_node = numbered_id(kManyNodes);
  chain.connections.back().to_node = numbered_id(2);
  EXPECT_THAT(briefly(validate(chain)), ElementsAre("feedback_cycle /nodes/1"));
}

}  // namespace
}  // namespace vnode::test
