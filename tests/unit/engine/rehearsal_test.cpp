// Journal rule 16: where a rehearsal ends.
#include "engine/rehearsal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/node_type.h"
#include "support/run_harness.h"

namespace vnode {
namespace {

using testing::ElementsAre;

class RecordingRehearsal final : public Rehearsal {
 public:
  void would_execute(const Execution& execution) override {
    executions.push_back(std::string(execution.node_id) + (execution.is_recorded ? "" : " (not recorded)"));
  }
  std::vector<std::string> executions;
};

TEST(RehearsalTest, AChainWaitsForEverWhereTheWorldWouldBeTouched) {
  test::WorkflowBuilder w;
  w.node("first", "test_pass").node("file", "file_write").node("behind", "test_pass");
  w.exec("first", "file").exec("file", "behind").node("beside", "test_pass");
  w.node("other", "test_pass").exec("beside", "other");
  Problems problems;
  const auto plan = Plan::make(w.workflow(), test::test_registry(), problems);
  ASSERT_TRUE(plan);
  const test::FakeClock clock;
  WorkerPool workers{1};
  HttpClient http;
  RecordingRehearsal rehearsal;
  test::RecordingSink sink([&w](const Uuid& id) { return w.name(id); });
  vnode::Run run(plan, {clock, workers, http, nullptr, nullptr, nullptr, &rehearsal}, sink, {});
  while (!run.poll() && run.has_ready()) {
  }
  EXPECT_FALSE(run.finished());
  EXPECT_THAT(rehearsal.executions, ElementsAre("file_write"));
  EXPECT_THAT(sink.only({"started"}),
              ElementsAre("started first start", "started beside start", "started other exec"));
}

TEST(RehearsalTest, ExecutesNoCodeToMakeInstances) {
  const std::unique_ptr<RuntimeSession> session = make_rehearsal_session();
  EXPECT_FALSE(session->pump(Duration::zero()));
  EXPECT_TRUE(touches_world(NodeType{.touches_world = true}));
  EXPECT_FALSE(touches_world(NodeType{}));
}

}  // namespace
}  // namespace vnode
