// Rule 24: runs that somebody tries again.
#include <filesystem>

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RetriedRuns : public CallerFixture {
 protected:
  void SetUp() override { begin(); }
  static Value ids(const std::vector<std::string>& texts) {
    return Value::list(std::vector<Value>(texts.begin(), texts.end()));
  }
  /// Fails so often, then succeeds.
  static Value flaky(const std::string& name, int failures) {
    return document(WorkflowBuilder().node("x", "test_flaky", {{"name", name}, {"failures", failures}}));
  }
  Value retry(Dict params) { return caller->call("run.retry", std::move(params)); }
  std::vector<std::string> retried(Dict params) {
    return each(part(retry(std::move(params)), "retried"), "");
  }
};

TEST_F(RetriedRuns, HaveAnotherAttemptInTheSameStream) {
  const std::string id = caller->submit(flaky("f", 1));
  EXPECT_EQ(at(caller->wait(id), "status"), "failed");
  const std::vector<Value> before = caller->events(id);
  EXPECT_THAT(retried({{"ids", ids({id})}}), ElementsAre(id));
  const Value ended = caller->wait(id);
  EXPECT_EQ(at(ended, "status"), "completed");
  EXPECT_EQ(at(ended, "attempt"), "2");
  EXPECT_EQ(at(ended, "error"), "");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  ASSERT_GT(events.size(), before.size());
  EXPECT_EQ(at(events[before.size() - 1], "type"), "execution_finished");
  EXPECT_EQ(at(events[before.size()], "type"), "execution_started");
  EXPECT_EQ(at(events[before.size()], "attempt"), "2");
  EXPECT_EQ(at(events.back(), "status"), "completed");
  EXPECT_EQ(at(caller->call("daemon.info"), "runs"), R"({"completed":1})");
}

TEST_F(RetriedRuns, AreThoseOfAGroupThatHaveFailed) {
  gates.open("a");
  Dict map{{"target", "test_gate.gate"}, {"values", ids({"a", "b"})}};
  const std::string group =
      at(caller->call("run.submit", {{"workflow", gate_workflow("none")}, {"map", map}, {"timeout", 600}}),
         "id");
  ASSERT_TRUE(gates.wait_for("b"));
  caller->wait(group.substr(1));
  caller->call("run.cancel", {{"ids", ids({group})}});
  EXPECT_EQ(at(caller->call("group.wait", {{"id", group}}), "status"), "cancelled");
  EXPECT_THAT(each(part(retry({{"ids", ids({group})}, {"failed", true}}), "passed_over"), ""),
              ElementsAre(group))
      << "somebody wanted it to end";
  gates.open("b");
  const Value reply = retry({{"ids", ids({group})}});
  EXPECT_EQ(at(reply, "runs"), "2");
  const Value ended = caller->call("group.wait", {{"id", group}});
  EXPECT_EQ(at(ended, "counts/completed"), "2");
  EXPECT_EQ(at(ended, "counts/cancelled"), "0");
}

TEST_F(RetriedRuns, ArePickedByStateAndInfo) {
  const Dict shot{{"shot", "010"}};
  const std::string bad = caller->submit(flaky("i", 1), {{"info", shot}});
  const std::string good = caller->submit(quick_workflow(), {{"info", shot}});
  const std::string other = caller->submit(flaky("j", 1));
  for (const std::string& id : {bad, good, other}) caller->wait(id);
  EXPECT_THAT(retried({{"info", shot}, {"failed", true}}), ElementsAre(bad));
  EXPECT_EQ(at(caller->wait(bad), "status"), "completed");
  EXPECT_THAT(retried({{"info", shot}, {"failed", true}}), IsEmpty());
  EXPECT_EQ(caller->refusal("run.retry").word, "invalid_params");
}

TEST_F(RetriedRuns, HaveToHaveEnded) {
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(caller->refusal("run.retry", {{"ids", ids({id})}}).word, "not_ended");
  EXPECT_EQ(caller->refusal("run.retry", {{"ids", ids({"261121-zzzzz"})}}).word, "unknown_run");
}

TEST_F(RetriedRuns, OfASubmissionWithSecretsAreRefused) {
  const std::string id = caller->submit(flaky("s", 1), {{"secrets", Dict{{"TOKEN", "hunter2hunter2"}}}});
  caller->wait(id);
  EXPECT_EQ(caller->refusal("run.retry", {{"ids", ids({id})}}).word, "secrets_lost");
  EXPECT_EQ(caller->status(id), "failed");
}

TEST_F(RetriedRuns, AreStillPendingAfterACrash) {
  const std::string id = caller->submit(flaky("c", 1));
  caller->wait(id);
  caller->call("queue.pause", {{"name", "default"}});
  retry({{"ids", ids({id})}});
  EXPECT_EQ(caller->status(id), "pending");
  crash();
  EXPECT_EQ(caller->status(id), "pending") << "the end in its events is that of the attempt before";
  EXPECT_EQ(at(caller->get(id), "attempt"), "2");
  caller->call("queue.resume", {{"name", "default"}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_TRUE(are_in_order(caller->events(id)));
}

TEST_F(RetriedRuns, ThatWereRunningAreInterruptedByACrash) {
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  caller->cancel(id);
  caller->wait(id);
  retry({{"ids", ids({id})}});
  ASSERT_TRUE(gates.wait_for("a", 2));
  crash();
  const Value ended = caller->wait(id);
  EXPECT_EQ(at(ended, "status"), "interrupted");
  EXPECT_EQ(at(ended, "attempt"), "2");
}

TEST_F(RetriedRuns, WaitForTheirDependenciesAgain) {
  const std::string first = caller->submit(flaky("d", 1));
  gates.open("b");
  const std::string second = caller->submit(gate_workflow("b"), {{"after", ids({first})}});
  EXPECT_THAT(at(caller->wait(second), "error"), HasSubstr("dependency_failed"));
  EXPECT_THAT(retried({{"ids", ids({second})}}), ElementsAre(second));
  EXPECT_EQ(at(caller->wait(second), "status"), "cancelled");
  EXPECT_THAT(retried({{"ids", ids({first, second})}, {"failed", true}}), ElementsAre(first, second));
  EXPECT_EQ(at(caller->wait(second), "status"), "completed");
}

}  // namespace
}  // namespace vnode::test
