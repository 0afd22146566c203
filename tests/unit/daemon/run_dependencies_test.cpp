// Rule 23: runs that wait for others.
#include "daemon/run_dependencies.h"

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Verdict = RunDependencies::Verdict;

const DependencyState well{.has_ended = true, .has_failed = false};
const DependencyState badly{.has_ended = true, .has_failed = true};
const DependencyState one_failed{.has_ended = false, .has_failed = true};

TEST(WhoWaitsForWhom, IsReadyWhenAllAreMet) {
  RunDependencies all;
  all.add("c", {.after = {"a", "b"}, .after_any = {}, .met = {}});
  EXPECT_THAT(all.waiting_for("a"), ElementsAre("c"));
  EXPECT_EQ(all.judge("c", "a", well), Verdict::kMet);
  EXPECT_THAT(all.waiting_for("a"), IsEmpty());
  EXPECT_EQ(all.judge("c", "a", well), Verdict::kWaits) << "that is known";
  EXPECT_EQ(all.judge("c", "b", well), Verdict::kReady);
  EXPECT_EQ(all.find("c")->json(), R"({"after":["a","b"],"after_any":[],"met":["a","b"]})");
  all.remove("c");
  EXPECT_EQ(all.find("c"), nullptr);
}

TEST(WhoWaitsForWhom, FailsWithTheFirstThatFails) {
  RunDependencies all;
  all.add("c", {.after = {"a"}, .after_any = {"b"}, .met = {}});
  EXPECT_EQ(all.judge("c", "b", one_failed), Verdict::kWaits) << "it only has to end";
  EXPECT_EQ(all.judge("c", "b", badly), Verdict::kMet);
  EXPECT_EQ(all.judge("c", "a", one_failed), Verdict::kFailed);
  EXPECT_FALSE(all.is_waited_for("a"));
}

TEST(WhoWaitsForWhom, IsReadBack) {
  const Dependencies read = Dependencies::read(R"({"after":["a"],"after_any":["b"],"met":["b"]})");
  EXPECT_THAT(read.open(), ElementsAre("a"));
  EXPECT_TRUE(Dependencies::read("").is_empty());
  EXPECT_EQ(Dependencies().json(), "");
}

class RunsThatWait : public CallerFixture {
 protected:
  void SetUp() override { begin(); }
  static Value ids(const std::vector<std::string>& texts) {
    return Value::list(std::vector<Value>(texts.begin(), texts.end()));
  }
  std::string after(const std::string& gate, const std::vector<std::string>& others,
                    const char* how = "after") {
    return caller->submit(gate_workflow(gate), {{how, ids(others)}});
  }
  std::string group(const std::vector<std::string>& names) {
    Dict map{{"target", "test_gate.gate"}, {"values", ids(names)}};
    return at(caller->call("run.submit", {{"workflow", gate_workflow("none")}, {"map", map}}), "id");
  }
  static Value failing() { return document(WorkflowBuilder().node("x", "test_fail")); }
};

TEST_F(RunsThatWait, BeginWhenTheOthersHaveEnded) {
  gates.open("b");
  const std::string first = caller->submit(gate_workflow("a"));
  const std::string second = after("b", {first});
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(at(caller->get(second), "reason/code"), "dependency");
  EXPECT_EQ(at(caller->get(second), "reason/text"), "waits for " + first + " (running) to end well");
  const std::string third = caller->submit(quick_workflow(), {{"after", Value::list({Value(first)})},
                                                              {"after_any", Value::list({Value(second)})}});
  EXPECT_EQ(at(caller->get(third), "reason/text"),
            "waits for " + first + " (running) to end well, " + second + " (pending) to end");
  EXPECT_THAT(at(caller->call("run.explain", {{"id", second}}), "text"), HasSubstr("waits for " + first));
  EXPECT_EQ(at(caller->get(second), "dependencies/after/0"), first);
  gates.open("a");
  EXPECT_EQ(at(caller->wait(second), "status"), "completed");
  EXPECT_THAT(gates.arrivals(), ElementsAre("a", "b"));
  EXPECT_EQ(at(caller->wait(after("b", {first, second})), "status"), "completed") << "they had ended before";
}

TEST_F(RunsThatWait, HoldUpNobodyInAStrictQueue) {
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  caller->call("queue.pause", {{"name", "one"}});
  for (const char* gate : {"a", "b"}) gates.open(gate);
  const std::string first = caller->submit(gate_workflow("a"), {{"queue", "one"}});
  const std::string second =
      caller->submit(gate_workflow("b"), {{"queue", "one"}, {"priority", 5}, {"after", ids({first})}});
  caller->call("queue.resume", {{"name", "one"}});
  EXPECT_EQ(at(caller->wait(second), "status"), "completed");
  EXPECT_THAT(gates.arrivals(), ElementsAre("a", "b"));
}

TEST_F(RunsThatWait, EndWhenThatCannotComeTrueAnyMore) {
  const std::string first = caller->submit(gate_workflow("a"));
  const std::string second = after("b", {first});
  const std::string third = after("c", {second});
  const std::string any = after("d", {first}, "after_any");
  gates.open("d");
  caller->cancel(first);
  const Value ended = caller->wait(second);
  EXPECT_EQ(at(ended, "status"), "cancelled");
  EXPECT_EQ(at(ended, "exit_code"), "1");
  EXPECT_EQ(at(ended, "error"), "dependency_failed: run " + first + " has ended as cancelled");
  EXPECT_EQ(at(caller->wait(third), "error"), "dependency_failed: run " + second + " has ended as cancelled");
  EXPECT_EQ(at(caller->wait(any), "status"), "completed");
  EXPECT_EQ(at(caller->events(second).back(), "exit_code"), "1");
  EXPECT_EQ(at(caller->wait(after("b", {first})), "status"), "cancelled") << "it had ended so before";
}

TEST_F(RunsThatWait, WaitForGroups) {
  gates.open("c");
  const std::string all = group({"a", "b"});
  const std::string behind = after("c", {all});
  ASSERT_TRUE(gates.wait_for("a"));
  gates.open("a");
  caller->wait(all.substr(1));
  EXPECT_EQ(caller->status(behind), "pending");
  gates.open("b");
  EXPECT_EQ(at(caller->wait(behind), "status"), "completed");
  const std::string other = group({"e", "f"});
  const std::string never = after("c", {other});
  ASSERT_TRUE(gates.wait_for("e"));
  caller->cancel(other.substr(1));
  EXPECT_THAT(at(caller->wait(never), "error"), HasSubstr("has a run that ended as cancelled"));
}

TEST_F(RunsThatWait, KnowAfterACrashHowTheRunsOfAGroupHaveEnded) {
  gates.open("a");
  const std::string all = group({"a", "b"});
  const std::string behind = after("c", {all});
  ASSERT_TRUE(gates.wait_for("b"));
  caller->wait(all.substr(1));
  crash();  // which cuts the last one of them off
  EXPECT_EQ(at(caller->wait(behind), "status"), "cancelled");
  EXPECT_THAT(at(caller->get(behind), "error"), HasSubstr("has a run that ended as interrupted"));
}

TEST_F(RunsThatWait, AreRefusedForWhatIsNotThere) {
  EXPECT_EQ(
      caller->refusal("run.submit", {{"workflow", quick_workflow()}, {"after", ids({"261121-zzzzz"})}}).word,
      "unknown_run");
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", quick_workflow()}, {"after_any", ids({"g9"})}}).word,
            "unknown_group");
  const std::string gone = caller->submit(quick_workflow());
  caller->wait(gone);
  caller->call("run.clear");
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", quick_workflow()}, {"after", ids({gone})}}).word,
            "unknown_run");
}

TEST_F(RunsThatWait, GoOnWaitingAfterACrash) {
  gates.open("a");
  gates.open("c");
  const std::string first = caller->submit(gate_workflow("a"));
  caller->wait(first);
  caller->call("queue.pause", {{"name", "default"}});
  const std::string second = caller->submit(gate_workflow("b"));
  const std::string third = after("c", {first, second});
  // That the first has ended well is known; it may go.
  while (at(caller->get(third), "dependencies/met/0") != first) {
  }
  caller->call("run.clear");
  crash();
  EXPECT_EQ(at(caller->get(third), "reason/text"), "waits for " + second + " (pending) to end well");
  gates.open("b");
  caller->call("queue.resume", {{"name", "default"}});
  EXPECT_EQ(at(caller->wait(third), "status"), "completed");
}

TEST_F(RunsThatWait, CanBeCancelledAndPaused) {
  const std::string first = caller->submit(gate_workflow("a"));
  const std::string second = after("b", {first});
  caller->call("run.pause", {{"ids", ids({second})}});
  gates.open("a");
  caller->wait(first);
  EXPECT_EQ(at(caller->get(second), "reason/code"), "paused");
  caller->cancel(second);
  EXPECT_EQ(at(caller->wait(second), "exit_code"), "130");
}

}  // namespace
}  // namespace vnode::test
