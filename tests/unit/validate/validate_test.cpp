#include "validate/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/graph/long_chain.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Validate, AnEmptyWorkflowIsFine) { EXPECT_THAT(briefly(validate(Workflow())), IsEmpty()); }

TEST(Validate, ReportsEverythingAtOnce) {
  WorkflowBuilder file;
  file.node("a", "sourc").node("b", "sink", {{"x", 1}}).node("c", "source");
  file.data("c.list", "b.number").data("c.list", "c.in");
  EXPECT_THAT(briefly(validate(file)),
              ElementsAre("!unknown_node /nodes/0/node_id", "type_mismatch /connections/0/to_port",
                          "unused_parameter /nodes/1/parameters/x", "!cycle /nodes/2"));
}

TEST(Validate, BeforeARunFindsAllErrors) {
  WorkflowBuilder file;
  file.node("a", "sourc")
      .node("b", "sink", {{"x", 1}})
      .node("c", "source")
      .node("d", "steps", {{"refuse", 1}});
  file.node("g", "group_node", {{"__workflow__", "no workflow"}}).node("p", "in_python");
  file.data("c.list", "b.number").data("c.list", "c.in").data("c.out", "b.both");
  Workflow workflow = file.workflow();
  workflow.connections[2].to_node = numbered_id(99);
  EXPECT_THAT(briefly(validate_before_run(workflow, Graph(workflow), small_registry())),
              ElementsAre("!unknown_node /nodes/0/node_id", "!unusable_node /nodes/5/node_id",
                          "!bad_ports /nodes/3/parameters", "!missing_end /connections/2/to_node",
                          "!cycle /nodes/2"));
  EXPECT_TRUE(has_errors(validate(workflow)));
}

TEST(Validate, ABigFileGivesAReportThatCanBeRead) {
  Workflow chain = long_chain(kManyNodes);
  for (NodeInstance& node : chain.nodes) {
    node.node_id = "source";
    node.parameters.set("old", 1);
  }
  for (Connection& connection : chain.connections) connection.to_port = "gone";
  const Problems problems = validate(chain);
  ASSERT_THAT(problems, SizeIs(202));
  EXPECT_EQ(problems[200].code, "missing_port");
  EXPECT_EQ(problems[200].message, "and " + std::to_string(kManyNodes - 1 - 100) + " more of this kind");
  EXPECT_EQ(problems[201].code, "unused_parameter");
}

}  // namespace
}  // namespace vnode::test
