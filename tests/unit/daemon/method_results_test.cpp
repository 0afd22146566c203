// run.results, and what of results is kept.
#include "daemon/run_results.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Value outputs(std::initializer_list<Value> names) { return Value::list(names); }

class KeptResults : public CallerFixture {
 protected:
  /// A node that passes the value, then one that waits at the gate.
  static Value passing(const Value& value, const std::string& gate) {
    return document(WorkflowBuilder()
                        .node("p", "test_pass", {{"in", value}, {"__name__", "first"}})
                        .node("g", "test_gate", {{"gate", gate}})
                        .exec("p", "g"));
  }
  std::string ended(const Value& workflow, Dict params = {}) {
    const std::string id = caller->submit(workflow, std::move(params));
    caller->wait(id);
    return id;
  }
  Value results(const std::string& id) { return caller->call("run.results", {{"id", id}}); }
  std::string value(const std::string& id, const std::string& output) {
    const Value reply = caller->call("run.results", {{"id", id}, {"outputs", outputs({output})}});
    const Value* found = part(reply, "values").as_dict().find(output);
    return found ? at(*found, "") : "(none)";
  }
  RpcError refused(const std::string& id, const std::string& output) {
    return caller->refusal("run.results", {{"id", id}, {"outputs", outputs({output})}});
  }
  std::string result_file(const std::string& id) const { return results_path(event_file(id)); }

  const std::string large = std::string(2 * kMostStoredResults, 'x');  ///< has a file
};

TEST_F(KeptResults, HoldWhatEventsShorten) {
  settings.max_value_bytes = 100;
  begin();
  gates.open("a");
  const std::string id = ended(passing(large, "a"));
  std::string in_events;
  for (const Value& event : caller->events(id)) {
    if (part(event, "output/out").is_dict()) in_events = at(event, "output/out/$truncated");
  }
  EXPECT_EQ(in_events, "true");
  EXPECT_EQ(value(id, "first.out"), large);
  const Value all = results(id);
  EXPECT_EQ(at(all, "nodes/0/results/out"), large);
  EXPECT_EQ(at(all, "nodes/0/name"), "first");
  EXPECT_EQ(at(all, "nodes/1/node_type"), "test_gate");
  EXPECT_EQ(at(all, "truncated"), "[]");
  EXPECT_EQ(at(all, "attempt"), "1");
}

TEST_F(KeptResults, SayWhatIsOverTheirLimit) {
  settings.max_result_bytes = 2000;
  begin();
  gates.open("a");
  const std::string id = ended(passing(std::string(5000, 'x'), "a"));
  const Value all = results(id);
  EXPECT_EQ(at(all, "limit"), "2000");
  EXPECT_EQ(at(all, "truncated"), "[\"" + numbered_id(1).text() + ".out\"]");
  const Value one = caller->call("run.results", {{"id", id}, {"outputs", outputs({"first.out"})}});
  EXPECT_EQ(at(one, "truncated"), R"(["first.out"])");
  EXPECT_THAT(at(one, "values"), HasSubstr(R"("$truncated":true,"bytes":5002)"));
}

TEST_F(KeptResults, AreThereForEveryEndOfARunThatHasBegun) {
  begin();
  const std::string cancelled = caller->submit(passing(1, "a"));
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(caller->refusal("run.results", {{"id", cancelled}}).word, "not_ended");
  caller->cancel(cancelled);
  EXPECT_EQ(at(caller->wait(cancelled), "status"), "cancelled");
  EXPECT_EQ(value(cancelled, "first.out"), "1");
  EXPECT_EQ(at(results(cancelled), "status"), "cancelled");
  EXPECT_EQ(value(ended(passing(2, "b"), {{"timeout", 0.05}}), "first.out"), "2");
  const Value failing =
      document(WorkflowBuilder().node("p", "test_pass", {{"in", 3}}).node("f", "test_fail").exec("p", "f"));
  EXPECT_EQ(value(ended(failing), "test_pass.out"), "3");
  const std::string interrupted = caller->submit(passing(4, "c"));
  ASSERT_TRUE(gates.wait_for("c"));
  again();
  EXPECT_EQ(caller->status(interrupted), "interrupted");
  EXPECT_EQ(value(interrupted, "first.out"), "4");
}

TEST_F(KeptResults, AreNoneOfARunThatNeverBegan) {
  begin();
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(quick_workflow());
  caller->cancel(id);
  caller->wait(id);
  EXPECT_EQ(caller->refusal("run.results", {{"id", id}}).word, "no_results");
}

TEST_F(KeptResults, AreWrittenBesideTheEventsOnlyWhenTheyAreLarge) {
  begin();
  gates.open("a");
  for (const std::size_t size : {kMostStoredResults / 2, kMostStoredResults, 2 * kMostStoredResults}) {
    const std::string text(size, 'x');
    const std::string id = ended(passing(text, "a"));
    EXPECT_EQ(std::filesystem::exists(result_file(id)), size >= kMostStoredResults) << size;
    EXPECT_EQ(value(id, "first.out"), text);
    const std::int64_t events = static_cast<std::int64_t>(std::filesystem::file_size(event_file(id)));
    EXPECT_GT(std::stoll(at(caller->get(id), "event_bytes")), events + static_cast<std::int64_t>(size));
  }
}

TEST_F(KeptResults, AreNoneWhereNoneAreToBeKept) {
  settings.max_result_bytes = 0;
  begin();
  const std::string id = ended(quick_workflow());
  EXPECT_THAT(caller->refusal("run.results", {{"id", id}}).message, HasSubstr("max_result_bytes"));
  EXPECT_FALSE(std::filesystem::exists(result_file(id)));
}

TEST_F(KeptResults, AreThoseOfTheLastAttempt) {
  begin();
  gates.open("a");
  const Value workflow = document(WorkflowBuilder()
                                      .node("p", "test_pass", {{"in", 1}})
                                      .node("f", "test_flaky", {{"name", "x"}, {"failures", 1}})
                                      .node("q", "test_pass", {{"in", 2}})
                                      .exec("p", "f")
                                      .exec("f", "q"));
  const std::string id = ended(workflow, {{"retries", 1}});
  const Value all = results(id);
  EXPECT_EQ(at(all, "attempt"), "2");
  EXPECT_EQ(at(all, "nodes/2/results/out"), "2");
}

TEST_F(KeptResults, StayThroughARestartAndGoWithTheirRun) {
  begin();
  gates.open("a");
  const std::string id = ended(passing(large, "a"));
  const std::string small = ended(passing("kept", "a"));
  const std::string before = at(results(id), "");
  again();
  EXPECT_EQ(at(results(id), ""), before);
  crash();
  EXPECT_EQ(at(results(id), ""), before);
  EXPECT_EQ(value(small, "first.out"), "kept");
  EXPECT_TRUE(std::filesystem::exists(result_file(id)));
  caller->call("run.clear");
  EXPECT_EQ(caller->refusal("run.results", {{"id", id}}).word, "unknown_run");
  again();  // files are removed beside the loop; the end waits for that
  EXPECT_FALSE(std::filesystem::exists(result_file(id)));
}

TEST_F(KeptResults, AreWrittenBeforeAnybodyIsToldOfTheEnd) {
  begin();
  gates.open("a");
  for (int i = 0; i < 50; ++i) {
    const std::string id = ended(passing(large, "a"));
    ASSERT_TRUE(std::filesystem::exists(result_file(id)));
    ASSERT_EQ(value(id, "first.out"), large);
  }
}

TEST_F(KeptResults, OfAnAttemptWhoseEndDoesNotCountAreRemoved) {
  begin();
  const std::string id = caller->submit(passing(1, "a"));
  ASSERT_TRUE(gates.wait_for("a"));
  // What a daemon leaves that was killed between the results and the last event.
  std::ofstream(result_file(id)) << "{}\n";
  crash();
  EXPECT_EQ(caller->status(id), "interrupted");
  EXPECT_EQ(caller->refusal("run.results", {{"id", id}}).word, "no_results");
  again();  // files are removed beside the loop; the end waits for that
  EXPECT_FALSE(std::filesystem::exists(result_file(id)));
}

TEST_F(KeptResults, ThatAreDamagedAreToldOf) {
  begin();
  gates.open("a");
  const std::string id = ended(passing(large, "a"));
  std::filesystem::resize_file(result_file(id), std::filesystem::file_size(result_file(id)) - 5);
  const RpcError error = caller->refusal("run.results", {{"id", id}});
  EXPECT_EQ(error.word, "no_results");
  EXPECT_THAT(error.message, HasSubstr("damaged"));
}

TEST_F(KeptResults, ThatCannotBeWrittenChangeNothingElse) {
  begin();
  const std::string id = caller->submit(passing(large, "a"));
  ASSERT_TRUE(gates.wait_for("a"));
  std::filesystem::create_directories(result_file(id) + "/in the way");
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_TRUE(log.has("its results could not be kept"));
  EXPECT_EQ(at(caller->events(id).back(), "status"), "completed");
}

TEST_F(KeptResults, FitIntoOneAnswerByHoweverManyNamesTheyAreAskedFor) {
  begin();
  gates.open("a");
  const std::string id = ended(passing(std::string(6 << 20, 'x'), "a"));
  const auto ask = [&](std::vector<Value> names) {
    return caller->refusal("run.results", {{"id", id}, {"outputs", Value::list(std::move(names))}}).word;
  };
  EXPECT_EQ(ask({"first.out", "test_pass.out", numbered_id(1).text() + ".out"}), "line_too_long");
  EXPECT_EQ(ask(std::vector<Value>(1001, Value("first.out"))), "invalid_params");
}

TEST_F(KeptResults, AreAskedForByNameTypeOrId) {
  begin();
  gates.open("a");
  const std::string id = ended(passing(1, "a"));
  for (const std::string& node : {std::string("first"), std::string("test_pass"), numbered_id(1).text()}) {
    EXPECT_EQ(value(id, node + ".out"), "1") << node;
  }
  EXPECT_THAT(refused(id, "firs.out").message, HasSubstr("did you mean 'first'?"));
  EXPECT_THAT(refused(id, "first.outt").message, HasSubstr("did you mean 'out'?"));
  EXPECT_EQ(refused(id, "first.outt").word, "unknown_result");
  EXPECT_EQ(refused(id, "first").word, "unknown_result");
}

}  // namespace
}  // namespace vnode::test
