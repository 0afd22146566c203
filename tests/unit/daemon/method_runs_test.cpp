// What clients ask of runs: run.get, run.list, run.wait, run.cancel, run.explain, run.clear.
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Value ids(const std::vector<std::string>& texts) {
  return Value::list(std::vector<Value>(texts.begin(), texts.end()));
}

class Runs : public CallerFixture {
 protected:
  Runs() { begin(); }
  std::string running(const std::string& gate, Dict params = {}) {
    const std::string id = caller->submit(gate_workflow(gate), std::move(params));
    EXPECT_TRUE(gates.wait_for(gate));
    return id;
  }
};

TEST_F(Runs, GoFromSubmissionToTheirEnd) {
  const std::string id = caller->submit(gate_workflow("a"), {{"name", "w.json"}, {"info", Dict{{"n", 1}}}});
  ASSERT_TRUE(gates.wait_for("a"));
  const Value during = caller->get(id);
  EXPECT_EQ(at(during, "id"), id);
  EXPECT_EQ(at(during, "status"), "running");
  EXPECT_EQ(at(during, "attempt"), "1");
  EXPECT_EQ(at(during, "queue"), "default");
  EXPECT_EQ(at(during, "workflow"), "w.json");
  EXPECT_EQ(at(during, "info/n"), "1");
  EXPECT_EQ(at(during, "completed_at"), "null");
  EXPECT_NE(at(during, "started_at"), "null");
  EXPECT_NE(at(during, "duration"), "null");
  gates.open("a");
  const Value after = caller->wait(id);
  EXPECT_EQ(at(after, "status"), "completed");
  EXPECT_EQ(at(after, "exit_code"), "0");
  EXPECT_EQ(at(after, "error"), "");
  EXPECT_EQ(at(after, "nodes/succeeded"), "1");
  EXPECT_NE(at(after, "event_bytes"), "0");
  Dict got = caller->get(id).as_dict();
  EXPECT_TRUE(got.find("submitted"));
  got.erase("submitted");
  EXPECT_EQ(at(Value(got), ""), at(after, ""));
  // What an ended run was is not asked of the store alone.
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
}

TEST_F(Runs, FailWithTheirError) {
  const Value workflow = document(WorkflowBuilder().node("f", "test_fail", {{"message", "broken"}}));
  const Value run = caller->wait(caller->submit(workflow));
  EXPECT_EQ(at(run, "status"), "failed");
  EXPECT_EQ(at(run, "exit_code"), "1");
  EXPECT_EQ(at(run, "nodes/failed"), "1");
}

TEST_F(Runs, AreFoundByTheBeginningOfTheirId) {
  const std::string id = caller->submit(quick_workflow());
  caller->wait(id);
  EXPECT_EQ(at(caller->get(id.substr(0, 6)), "id"), id);
  const std::string other = running("a");
  const RpcError error = caller->refusal("run.get", {{"id", id.substr(0, 6)}});
  EXPECT_EQ(error.word, "ambiguous_run");
  EXPECT_THAT(each(*error.data.find("candidates"), ""), ElementsAre(other, id));
  EXPECT_EQ(at(caller->get(other), "id"), other);
  EXPECT_EQ(caller->refusal("run.get", {{"id", "990101-00001"}}).word, "unknown_run");
  EXPECT_EQ(caller->refusal("run.get", {{"id", ""}}).word, "unknown_run");
  EXPECT_THAT(caller->refusal("run.wait", {{"id", "what?"}}).message, HasSubstr("no run's id"));
}

TEST_F(Runs, AreListedNewestFirstInPages) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) {
    all.insert(all.begin(), caller->submit(quick_workflow(), {{"name", i == 2 ? "odd.json" : "w.json"}}));
  }
  for (const std::string& id : all) caller->wait(id);
  EXPECT_EQ(each(part(caller->call("run.list"), "runs"), "id"), all);
  const Value first = caller->call("run.list", {{"limit", 2}});
  EXPECT_THAT(each(part(first, "runs"), "id"), ElementsAre(all[0], all[1]));
  EXPECT_EQ(at(first, "more"), "true");
  const Value rest = caller->call("run.list", {{"limit", 3}, {"before", all[1]}});
  EXPECT_THAT(each(part(rest, "runs"), "id"), ElementsAre(all[2], all[3], all[4]));
  EXPECT_EQ(at(rest, "more"), "false");
  EXPECT_THAT(each(part(caller->call("run.list", {{"workflow", "odd"}}), "runs"), "id"), ElementsAre(all[2]));
  EXPECT_THAT(each(part(caller->call("run.list", {{"queue", "other"}}), "runs"), "id"), IsEmpty());
}

TEST_F(Runs, AreListedAsTheyAreNow) {
  const std::string id = running("a");
  EXPECT_THAT(each(part(caller->call("run.list"), "runs"), "status"), ElementsAre("running"));
  const Dict completed{{"statuses", ids({"completed", "failed"})}};
  EXPECT_THAT(each(part(caller->call("run.list", completed), "runs"), "id"), IsEmpty());
  gates.open("a");
  caller->wait(id);
  EXPECT_THAT(each(part(caller->call("run.list", completed), "runs"), "id"), ElementsAre(id));
  const RpcError error = caller->refusal("run.list", {{"statuses", ids({"complete"})}});
  EXPECT_EQ(error.word, "invalid_params");
  EXPECT_THAT(error.message, HasSubstr("'completed'"));
}

TEST_F(Runs, AreWaitedForForAWhile) {
  const std::string id = running("a");
  const Value still = caller->call("run.wait", {{"id", id}, {"timeout", 0.02}});
  EXPECT_EQ(at(still, "status"), "running");
  gates.open("a");
  const Value ended = caller->call("run.wait", {{"id", id}, {"timeout", "10m"}});
  EXPECT_EQ(at(ended, "status"), "completed");
}

TEST_F(Runs, AreWaitedForByManyClients) {
  const std::string id = running("a");
  RawConnection waiting = connect_raw();
  for (int i = 1; i <= 3; ++i) {
    waiting.send(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
                 R"(,"method":"run.wait","params":{"id":")" + id + "\"}}\n");
  }
  // A call that waits does not hold up the next one.
  waiting.send(R"({"jsonrpc":"2.0","id":4,"method":"run.get","params":{"id":")" + id + "\"}}\n");
  EXPECT_EQ(at(waiting.read_reply(), "id"), "4");
  gates.open("a");
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(at(waiting.read_reply(), "result/status"), "completed");
}

TEST_F(Runs, AreCancelledWhileTheyRun) {
  const std::string id = running("a");
  EXPECT_THAT(each(part(caller->call("run.cancel", {{"ids", ids({id})}}), "cancelled"), ""), ElementsAre(id));
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "cancelled");
  EXPECT_EQ(at(run, "exit_code"), "130");
}

TEST_F(Runs, AreCancelledBeforeTheyRun) {
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(gate_workflow("a"));
  EXPECT_EQ(caller->status(id), "pending");
  caller->cancel(id);
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "cancelled");
  EXPECT_EQ(at(run, "exit_code"), "130");
  EXPECT_EQ(at(run, "started_at"), "null");
  EXPECT_EQ(at(run, "duration"), "0.0");
  EXPECT_THAT(gates.arrivals(), IsEmpty());
}

TEST_F(Runs, ThatHaveEndedStayAsTheyAre) {
  const std::string id = caller->submit(quick_workflow());
  caller->wait(id);
  const std::string other = running("a");
  const Value reply = caller->call("run.cancel", {{"ids", ids({id, other})}});
  EXPECT_THAT(each(part(reply, "cancelled"), ""), ElementsAre(other));
  EXPECT_THAT(each(part(reply, "ended"), ""), ElementsAre(id));
  EXPECT_EQ(caller->status(id), "completed");
}

TEST_F(Runs, AreCancelledTogetherOrNotAtAll) {
  const std::string id = running("a");
  EXPECT_EQ(caller->refusal("run.cancel", {{"ids", ids({id, "990101-00001"})}}).word, "unknown_run");
  EXPECT_EQ(caller->refusal("run.cancel", {{"ids", ids({"990101-00001", id})}}).word, "unknown_run");
  EXPECT_EQ(at(caller->get(id), "stopping"), "false");
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(caller->refusal("run.cancel").word, "invalid_params");
}

TEST_F(Runs, AreAllCancelled) {
  const std::string first = running("a");
  caller->call("queue.pause", {{"name", "default"}});
  const std::string second = caller->submit(gate_workflow("a"));
  const Value reply = caller->call("run.cancel", {{"all", true}});
  EXPECT_THAT(each(part(reply, "cancelled"), ""), ElementsAre(first, second));
  EXPECT_EQ(at(caller->wait(first), "status"), "cancelled");
  EXPECT_EQ(at(caller->wait(second), "status"), "cancelled");
  EXPECT_THAT(each(part(caller->call("run.cancel", {{"all", true}}), "cancelled"), ""), IsEmpty());
}

TEST_F(Runs, AreEndedByTheirTimeout) {
  const std::string id = caller->submit(gate_workflow("a"), {{"timeout", 0.05}});
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "timeout");
  EXPECT_EQ(at(run, "exit_code"), "124");
  EXPECT_EQ(at(run, "timeout"), "0.05");
}

TEST_F(Runs, SayWhyTheyDoNotRun) {
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  const std::string first = running("a", {{"queue", "one"}});
  const std::string second = caller->submit(gate_workflow("b"), {{"queue", "one"}});
  EXPECT_EQ(at(caller->call("run.explain", {{"id", first}}), "text"), "the run is running");
  const Value waits = caller->call("run.explain", {{"id", second}});
  EXPECT_EQ(at(waits, "reason/code"), "queue_full");
  EXPECT_THAT(at(waits, "text"), HasSubstr("1 of 1 running"));
  EXPECT_EQ(at(caller->get(second), "reason/code"), "queue_full");
  caller->cancel(first);
  gates.open("b");
  caller->wait(first);
  caller->wait(second);
  EXPECT_THAT(at(caller->call("run.explain", {{"id", first}}), "text"), HasSubstr("has ended: cancelled"));
}

TEST_F(Runs, AreClearedWithTheirEvents) {
  const std::string first = caller->submit(quick_workflow());
  const std::string second =
      caller->submit(document(WorkflowBuilder().node("f", "test_fail", {{"message", "broken"}})));
  caller->wait(first);
  caller->wait(second);
  const std::string live = running("a");
  EXPECT_EQ(at(caller->call("run.clear", {{"dry_run", true}}), "removed"), "2");
  EXPECT_EQ(at(caller->call("run.clear", {{"older_than", "1h"}}), "removed"), "0");
  EXPECT_EQ(at(caller->call("run.clear", {{"statuses", ids({"failed"})}}), "removed"), "1");
  EXPECT_EQ(caller->refusal("run.get", {{"id", second}}).word, "unknown_run");
  EXPECT_EQ(caller->status(first), "completed");
  EXPECT_EQ(caller->refusal("run.clear", {{"ids", ids({first, live})}}).word, "not_ended");
  EXPECT_EQ(caller->refusal("run.clear", {{"ids", ids({})}}).word, "invalid_params");
  EXPECT_EQ(caller->status(first), "completed");
  EXPECT_EQ(at(caller->call("run.clear", {{"ids", ids({first})}}), "removed"), "1");
  EXPECT_EQ(caller->status(live), "running");
  EXPECT_EQ(at(caller->call("run.clear"), "removed"), "0");
  gates.open("a");
  EXPECT_THAT(types_of(caller->events(live)), testing::Contains("execution_finished"));
  const auto is_gone = [&] { return !std::filesystem::exists(event_file(first)); };
  for (int i = 0; i < 1000 && !is_gone(); ++i) caller->call("daemon.info");
  EXPECT_TRUE(is_gone());
}

TEST_F(Runs, TellWhatTheyWereSubmittedWith) {
  const Dict said{{"name", "w.json"},
                  {"retries", 2},
                  {"node_timeout", "90s"},
                  {"environment", Dict{{"VISIBLE", "no-one-sees-this"}}},
                  {"secrets", Dict{{"TOKEN", "hunter2-hunter2"}}},
                  {"description", "with hunter2-hunter2 in it"},
                  {"params", Value::list({Value(Dict{{"target", "test_gate.gate"}, {"text", "b"}})})}};
  const std::string id = running("b", said);
  const Value during = part(caller->get(id), "submitted");
  EXPECT_EQ(at(during, "retries"), "2");
  EXPECT_EQ(at(during, "node_timeout"), "90.0");
  EXPECT_EQ(at(during, "environment"), R"(["VISIBLE"])");
  EXPECT_EQ(at(during, "secrets"), R"(["TOKEN"])");
  EXPECT_EQ(at(during, "params/0/text"), "b");
  EXPECT_EQ(during.as_dict().find("workflow"), nullptr);
  EXPECT_EQ(during.as_dict().find("seed"), nullptr) << "only what was said";
  EXPECT_THAT(at(during, ""), testing::Not(HasSubstr("hunter2"))) << "wherever it stands";
  EXPECT_THAT(at(during, ""), testing::Not(HasSubstr("no-one-sees-this")));
  gates.open("b");
  caller->wait(id);
  const Value after = part(caller->get(id), "submitted");
  EXPECT_EQ(at(after, "retries"), "2");
  EXPECT_EQ(at(after, "secrets"), R"(["TOKEN"])");
  EXPECT_EQ(at(after, "params"), R"([{"target":"test_gate.gate"}])")
      << "one of the values may be the secret, which nobody has kept";
}

TEST_F(Runs, WithoutSecretsTellTheirParameters) {
  const std::string id = caller->submit(
      gate_workflow("none"),
      {{"params", Value::list({Value(Dict{{"target", "test_gate"}, {"port", "gate"}, {"value", "c"}})})}});
  gates.open("c");
  caller->wait(id);
  EXPECT_EQ(at(caller->get(id), "submitted/params"), R"([{"target":"test_gate","port":"gate","value":"c"}])");
}

}  // namespace
}  // namespace vnode::test
