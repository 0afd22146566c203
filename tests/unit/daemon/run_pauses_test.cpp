// Rule 19: runs that somebody has paused.
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

class PausedRuns : public CallerFixture {
 protected:
  void SetUp() override { begin(); }
  static Dict of(const std::string& id) { return {{"ids", Value::list({Value(id)})}}; }
  static Dict stopping(const std::string& id) {
    return {{"ids", Value::list({Value(id)})}, {"stop_processes", true}};
  }
  /// A node that waits at the gate, and one behind it that comes to the gate "behind".
  static Value two_gates(const std::string& gate) {
    WorkflowBuilder w;
    w.node("first", "test_gate", {{"gate", gate}}).node("then", "test_gate", {{"gate", "behind"}});
    return document(w.exec("first", "then"));
  }
};

TEST_F(PausedRuns, LetNoNodeStartUntilTheyGoOn) {
  const std::string id = caller->submit(two_gates("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(at(caller->get(id), "paused"), "null");
  EXPECT_THAT(each(part(caller->call("run.pause", of(id)), "paused"), ""), ElementsAre(id));
  EXPECT_EQ(at(caller->get(id), "paused/processes_stopped"), "false");
  EXPECT_EQ(at(caller->get(id), "status"), "running");
  const Value why = caller->call("run.explain", {{"id", id}});
  EXPECT_THAT(at(why, "text"), testing::StartsWith("paused since 20"));
  EXPECT_EQ(at(why, "reason/code"), "paused");
  caller->follow(id);
  const auto is_of = [](const char* type) {
    return [type](const Value& params) { return at(params, "event/type") == type; };
  };
  caller->next("run.event", is_of("execution_paused"));
  gates.open("a");
  caller->next("run.event",
               [](const Value& params) { return at(params, "event/output/exec_out") == "true"; });
  EXPECT_THAT(gates.arrivals(), ElementsAre("a"));
  EXPECT_THAT(each(part(caller->call("run.pause", stopping(id)), "paused"), ""), ElementsAre(id));
  EXPECT_EQ(at(caller->get(id), "paused/processes_stopped"), "true");
  EXPECT_THAT(each(part(caller->call("run.unpause", of(id)), "unpaused"), ""), ElementsAre(id));
  EXPECT_EQ(at(caller->get(id), "paused"), "null");
  ASSERT_TRUE(gates.wait_for("behind"));
  gates.open("behind");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
}

TEST_F(PausedRuns, ThatArePendingAreNotStartedAndOthersPass) {
  caller->call("queue.pause", {{"name", "default"}});
  gates.open("a");
  gates.open("b");
  const std::string paused = caller->submit(gate_workflow("a"));
  const std::string other = caller->submit(gate_workflow("b"));
  caller->call("run.pause", of(paused));
  caller->call("queue.resume", {{"name", "default"}});
  EXPECT_EQ(at(caller->wait(other), "status"), "completed");
  EXPECT_EQ(at(caller->get(paused), "status"), "pending");
  EXPECT_EQ(at(caller->get(paused), "reason/code"), "paused");
  caller->call("run.unpause", of(paused));
  EXPECT_EQ(at(caller->wait(paused), "status"), "completed");
  EXPECT_EQ(at(caller->get(paused), "paused"), "null");
}

TEST_F(PausedRuns, CanBeCancelled) {
  const std::string running = caller->submit(two_gates("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  caller->call("queue.pause", {{"name", "default"}});
  const std::string pending = caller->submit(gate_workflow("b"));
  const Value ids = Value::list({Value(running), Value(pending)});
  caller->call("run.pause", {{"ids", ids}, {"stop_processes", true}});
  caller->call("run.cancel", {{"ids", ids}});
  for (const std::string& id : {running, pending}) {
    const Value run = caller->wait(id);
    EXPECT_EQ(at(run, "status"), "cancelled");
    EXPECT_EQ(at(run, "exit_code"), "130");
    EXPECT_EQ(at(run, "paused"), "null");
  }
  EXPECT_THAT(gates.arrivals(), ElementsAre("a"));
}

TEST_F(PausedRuns, ArePausedTogetherOrNotAtAll) {
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  const Value unknown = Value::list({Value(id), Value("990101-00001")});
  EXPECT_EQ(caller->refusal("run.pause", {{"ids", unknown}}).word, "unknown_run");
  EXPECT_EQ(caller->refusal("run.unpause", {{"ids", unknown}}).word, "unknown_run");
  EXPECT_EQ(at(caller->get(id), "paused"), "null");
  EXPECT_EQ(caller->refusal("run.pause").word, "invalid_params");
  EXPECT_EQ(caller->refusal("run.pause", {{"ids", Value::list({})}}).word, "invalid_params");
  gates.open("a");
  caller->wait(id);
  for (const char* method : {"run.pause", "run.unpause"}) {
    EXPECT_THAT(each(part(caller->call(method, of(id)), "ended"), ""), ElementsAre(id));
  }
  EXPECT_EQ(at(caller->get(id), "paused"), "null");
}

TEST_F(PausedRuns, StayPausedWhenTheDaemonIsStartedAgain) {
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(gate_workflow("a"));
  const std::string other = caller->submit(gate_workflow("b"));
  caller->call("run.pause", of(id));
  caller->call("run.pause", of(other));
  caller->call("run.unpause", of(other));
  const std::string since = at(caller->get(id), "paused/since");
  caller->call("queue.resume", {{"name", "default"}});
  ASSERT_TRUE(gates.wait_for("b"));
  gates.open("b");
  caller->wait(other);
  crash();
  EXPECT_EQ(at(caller->get(id), "status"), "pending");
  EXPECT_EQ(at(caller->get(id), "paused/since"), since);
  EXPECT_EQ(at(caller->get(id), "reason/code"), "paused");
  gates.open("a");
  caller->call("run.unpause", of(id));
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
}

TEST_F(PausedRuns, ThatWereRunningAndAreRunAgainWaitForTheirUnpause) {
  const std::string id = caller->submit(gate_workflow("a"), {{"on_interrupt", "retry"}});
  ASSERT_TRUE(gates.wait_for("a"));
  caller->call("run.pause", of(id));
  again();
  EXPECT_EQ(at(caller->get(id), "status"), "pending");
  EXPECT_EQ(at(caller->get(id), "attempt"), "2");
  EXPECT_EQ(at(caller->get(id), "reason/code"), "paused");
  gates.open("a");
  caller->call("run.unpause", of(id));
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
}

TEST_F(PausedRuns, AreToldToWhoWatchesTheTable) {
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  caller->call("run.watch");
  caller->call("run.pause", of(id));
  caller->next("run.changed", [](const Value& params) { return at(params, "run/paused/since") != "(none)"; });
  caller->call("run.unpause", of(id));
  caller->next("run.changed", [](const Value& params) { return at(params, "run/paused") == "null"; });
  gates.open("a");
  caller->wait(id);
}

}  // namespace
}  // namespace vnode::test
