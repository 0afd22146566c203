#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Dict runs_at(std::string_view executor) { return {{"__vnode__", Dict{{"executor", Value(executor)}}}}; }

Problems check_named(const WorkflowBuilder& file) {
  const std::vector<KnownExecutor> known{
      {.name = "local"}, {.name = "farm"}, {.name = "box", .is_stoppable = false}};
  return validate_executors(file.workflow(), Graph(file.workflow()), small_registry(), known);
}

TEST(CheckExecutors, ANameThatIsNotThereIsAnErrorWithItsPlace) {
  WorkflowBuilder file;
  file.node("a", "sink", runs_at("farm"))
      .node("b", "sink", runs_at("fram"))
      .node("c", "sink", runs_at("local"))
      .node("d", "sink");
  const Problems problems = check_named(file);
  EXPECT_THAT(briefly(problems), ElementsAre("!unknown_executor /nodes/1/parameters/__vnode__/executor"));
  EXPECT_THAT(problems[0].message, HasSubstr("there is no executor 'fram'"));
  EXPECT_EQ(problems[0].hint, "did you mean 'farm'?");
}

TEST(CheckExecutors, OneThatCannotBeEndedIsANote) {
  WorkflowBuilder file;
  file.node("a", "sink", runs_at("box"));
  const Problems problems = check_named(file);
  EXPECT_THAT(briefly(problems), ElementsAre("executor_without_stop /nodes/0/parameters/__vnode__/executor"));
  EXPECT_EQ(problems[0].severity, Severity::kNote);
}

TEST(CheckExecutors, InsideGroupsToo) {
  WorkflowBuilder inner;
  inner.node("b", "sink", runs_at("fram"));
  WorkflowBuilder file;
  file.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  EXPECT_THAT(briefly(check_named(file)),
              ElementsAre("!group_problem "
                          "/nodes/0/parameters/__workflow__/nodes/0/parameters/__vnode__/executor"));
}

}  // namespace
}  // namespace vnode::test
