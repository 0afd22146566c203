// What is kept of runs while daemons come and go.
#include "daemon/run_book.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/utc_time.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::size_t count_of(const std::vector<std::string>& types, const std::string& type) {
  return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
}

/// `rest`: what follows the members that every event has.
std::string end_line(const std::string& id, int seq, const std::string& rest) {
  return R"({"schema":"vnode.event/1","type":"execution_finished","seq":)" + std::to_string(seq) +
         R"(,"time":"2026-01-02T03:04:05Z","run_id":")" + id + R"(",)" + rest + "\n";
}

class Restarts : public CallerFixture {
 protected:
  Restarts() {
    settings.queues = {{"default", 4}, {"one", 1}};
    settings.shutdown_grace = Duration::zero();
    begin();
  }
  std::string running(const std::string& gate, Dict params = {}) {
    const std::string id = caller->submit(gate_workflow(gate), std::move(params));
    EXPECT_TRUE(gates.wait_for(gate));
    // What happened so far is in the file.
    const std::int64_t subscription = caller->follow(id);
    caller->next("run.event", [](const Value& event) { return at(event, "event/type") == "node_started"; });
    caller->call("run.unsubscribe", {{"subscription", subscription}});
    return id;
  }
  void expect_completed_by_the_second_attempt(const std::string& id) {
    const Value run = caller->wait(id);
    EXPECT_EQ(at(run, "status"), "completed");
    EXPECT_EQ(at(run, "attempt"), "2");
    const std::vector<Value> events = caller->events(id);
    EXPECT_TRUE(are_in_order(events));
    EXPECT_EQ(count_of(types_of(events), "execution_started"), 2U);
    EXPECT_EQ(count_of(types_of(events), "execution_finished"), 1U);
    EXPECT_EQ(at(events.back(), "type"), "execution_finished");
  }
  void append_to_events(const std::string& id, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(event_file(id)).parent_path());
    std::ofstream(event_file(id), std::ios::app) << text;
  }
};

TEST_F(Restarts, KeepPendingRunsInTheirOrder) {
  caller->call("queue.pause", {{"name", "one"}});
  std::string last;
  for (const char* gate : {"a", "b", "c", "d"}) {
    gates.open(gate);
    last = caller->submit(gate_workflow(gate), {{"queue", "one"}, {"priority", *gate == 'c' ? 1 : 0}});
  }
  again();
  EXPECT_THAT(each(part(caller->call("run.watch"), "runs"), "status"),
              ElementsAre("pending", "pending", "pending", "pending"));
  caller->call("queue.resume", {{"name", "one"}});
  EXPECT_EQ(at(caller->wait(last), "status"), "completed");
  EXPECT_THAT(gates.arrivals(), ElementsAre("c", "a", "b", "d"));
}

TEST_F(Restarts, KeepWhatWasAskedForAPendingRun) {
  caller->call("queue.pause", {{"name", "default"}});
  std::filesystem::create_directory(folder.file("w"));
  WorkflowBuilder builder;
  builder.node("write", "file_write", {{"path", "saved.txt"}, {"content", "text"}});
  Dict override{{"target", "file_write.path"}, {"text", "given.txt"}};
  const std::string id = caller->submit(document(builder), {{"directory", folder.file("w")},
                                                            {"name", "w.json"},
                                                            {"retries", 2},
                                                            {"info", Dict{{"n", 1}}},
                                                            {"params", Value::list({Value(override)})}});
  again();
  caller->call("queue.resume", {{"name", "default"}});
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "completed");
  EXPECT_EQ(at(run, "workflow"), "w.json");
  EXPECT_EQ(at(run, "info/n"), "1");
  EXPECT_EQ(folder.read("w/given.txt"), "text");
}

TEST_F(Restarts, InterruptWhatRuns) {
  const std::string id = running("a");
  again();
  const Value run = caller->get(id);
  EXPECT_EQ(at(run, "status"), "interrupted");
  EXPECT_EQ(at(run, "exit_code"), "5");
  EXPECT_NE(at(run, "error"), "");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  EXPECT_EQ(at(events.back(), "type"), "execution_finished");
  EXPECT_EQ(at(events.back(), "status"), "interrupted");
}

TEST_F(Restarts, RunAgainWhatWasToBeRunAgain) {
  const std::string id = running("a", {{"on_interrupt", "retry"}});
  again();
  ASSERT_TRUE(gates.wait_for("a", 2));
  EXPECT_EQ(at(caller->get(id), "status"), "running");
  EXPECT_EQ(at(caller->get(id), "attempt"), "2");
  gates.open("a");
  expect_completed_by_the_second_attempt(id);
}

TEST_F(Restarts, DoNotCountAnInterruptionAsAFailure) {
  const Value workflow = document(WorkflowBuilder()
                                      .node("g", "test_gate", {{"gate", "a"}})
                                      .node("f", "test_flaky", {{"failures", 1}})
                                      .exec("g", "f"));
  const std::string id = caller->submit(workflow, {{"on_interrupt", "retry"}, {"retries", 1}});
  ASSERT_TRUE(gates.wait_for("a"));
  again();
  gates.open("a");
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "completed");
  EXPECT_EQ(at(run, "attempt"), "3");
}

TEST_F(Restarts, TellThoseWhoWaitThatTheRunIsPendingAgain) {
  const std::string id = running("a", {{"on_interrupt", "retry"}});
  // Each call has been taken when the one behind it is answered.
  RawConnection raw = connect_raw(), other = connect_raw();
  for (RawConnection* client : {&raw, &other}) {
    client->send(R"({"jsonrpc":"2.0","id":1,"method":"run.wait","params":{"id":")" + id + "\"}}\n" +
                 R"({"jsonrpc":"2.0","id":2,"method":"queue.list"})" + "\n");
    EXPECT_EQ(at(client->read_reply(), "id"), "2");
  }
  gates.open("never");
  daemon->signal(DaemonSignal::kTerminate);
  for (RawConnection* client : {&raw, &other}) {
    EXPECT_EQ(at(client->read_reply(), "result/status"), "pending");
    client->close();
  }
  caller.reset();
  const Result<void> ended = join();
  EXPECT_TRUE(ended.ok());
}

TEST_F(Restarts, KeepWhatHasEnded) {
  const std::string id = caller->submit(quick_workflow(), {{"description", "d"}});
  caller->wait(id);
  const std::string before = at(caller->get(id), "");
  const std::vector<std::string> types = types_of(caller->events(id));
  again();
  EXPECT_EQ(at(caller->get(id), ""), before);
  EXPECT_EQ(types_of(caller->events(id)), types);
}

TEST_F(Restarts, GoOnWithTheNumbersOfRuns) {
  const std::string first = caller->submit(quick_workflow());
  caller->wait(first);
  caller->call("run.clear");
  again();
  const std::string second = caller->submit(quick_workflow());
  EXPECT_LT(first, second);
}

// ---- what is left by a daemon that was killed

/// It has lasted from its start to its end.
void expect_times_agree(const Value& run) {
  const std::optional<WallTime> started = parse_time(at(run, "started_at"));
  const std::optional<WallTime> completed = parse_time(at(run, "completed_at"));
  ASSERT_TRUE(started && completed);
  const std::chrono::duration<double> between = *completed - *started;
  EXPECT_NEAR(between.count(), std::stod(at(run, "duration")), 1e-5);
}

TEST_F(Restarts, AfterACrashSayThatRunsWereInterrupted) {
  const std::string id = running("a");
  const std::string pending = [&] {
    caller->call("queue.pause", {{"name", "one"}});
    return caller->submit(quick_workflow(), {{"queue", "one"}});
  }();
  crash();
  const Value run = caller->get(id);
  EXPECT_EQ(at(run, "status"), "interrupted");
  EXPECT_EQ(at(run, "exit_code"), "5");
  EXPECT_THAT(at(run, "error"), HasSubstr("went down"));
  expect_times_agree(run);
  const std::vector<Value> told = caller->events(id);
  EXPECT_NEAR(std::stod(at(told.back(), "duration")), std::stod(at(run, "duration")), 1e-5);
  EXPECT_TRUE(log.has("run " + id + " has ended: interrupted after"));
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  EXPECT_EQ(at(events.back(), "status"), "interrupted");
  EXPECT_EQ(count_of(types_of(events), "execution_finished"), 1U);
  EXPECT_EQ(caller->status(pending), "pending");
  EXPECT_TRUE(log.has("1 runs were cut off"));
}

TEST_F(Restarts, AfterACrashRunAgainWhatWasToBeRunAgain) {
  const std::string id = running("a", {{"on_interrupt", "retry"}});
  crash();
  ASSERT_TRUE(gates.wait_for("a", 2));
  gates.open("a");
  expect_completed_by_the_second_attempt(id);
}

TEST_F(Restarts, AfterACrashTellEventsOfAnEarlierAttemptFromItsOwn) {
  const Value workflow = document(WorkflowBuilder()
                                      .node("f", "test_flaky", {{"failures", 1}})
                                      .node("g", "test_gate", {{"gate", "a"}})
                                      .exec("f", "g"));
  const std::string id = caller->submit(workflow, {{"retries", 1}});
  ASSERT_TRUE(gates.wait_for("a"));
  // The second attempt is cut off before any event of it is in the file.
  std::ifstream in(event_file(id));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t second = text.rfind("{", text.rfind("execution_started"));
  if (text.find("execution_started") != text.rfind("execution_started"))
    std::filesystem::resize_file(event_file(id), second);
  crash();
  EXPECT_EQ(caller->status(id), "interrupted");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  std::vector<std::string> begun;
  for (const Value& event : events) {
    if (at(event, "type") == "execution_started") begun.push_back(at(event, "attempt"));
  }
  EXPECT_THAT(begun, ElementsAre("1", "2"));
  EXPECT_EQ(at(events.back(), "status"), "interrupted");
}

TEST_F(Restarts, AfterACrashTakeTheEndFromTheEvents) {
  const std::string id = running("a");
  // What a daemon leaves that was killed between the last event and the store.
  append_to_events(id, end_line(id, 3,
                                R"("success":false,"status":"failed","exit_code":1,"duration":2.5,)"
                                R"("nodes":{},"error":"it broke"})"));
  crash();
  const Value run = caller->get(id);
  EXPECT_EQ(at(run, "status"), "failed");
  EXPECT_EQ(at(run, "exit_code"), "1");
  EXPECT_EQ(at(run, "error"), "it broke");
  EXPECT_EQ(at(run, "duration"), "2.5");
  expect_times_agree(run);
  caller->events(id);
  EXPECT_EQ(caller->end_status(), "failed");
}

TEST_F(Restarts, AfterACrashCutOffAnEventThatIsNotWhole) {
  const std::string id = running("a", {{"on_interrupt", "retry"}});
  append_to_events(id, R"({"schema":"vnode.event/1","type":"node_l)");
  crash();
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_TRUE(are_in_order(caller->events(id)));
}

TEST_F(Restarts, AfterACrashTakeTheEndOfPendingRunsFromTheirEvents) {
  caller->call("queue.pause", {{"name", "one"}});
  const std::string id = caller->submit(quick_workflow(), {{"queue", "one"}});
  // What a daemon leaves that was killed while somebody cancelled the run.
  append_to_events(id, end_line(id, 1,
                                R"("success":false,"status":"cancelled","exit_code":130,"duration":0,)"
                                R"("nodes":{},"error":"cancelled"})"));
  crash();
  const Value run = caller->get(id);
  EXPECT_EQ(at(run, "status"), "cancelled");
  EXPECT_EQ(at(run, "exit_code"), "130");
  EXPECT_EQ(at(run, "started_at"), "null");
  EXPECT_NE(at(run, "completed_at"), "null");
  EXPECT_THAT(types_of(caller->events(id)), ElementsAre("execution_finished"));
}

TEST_F(Restarts, AfterACrashCutOffWhatIsLeftOfAnEnd) {
  caller->call("queue.pause", {{"name", "one"}});
  const std::string id = caller->submit(quick_workflow(), {{"queue", "one"}});
  append_to_events(id, R"({"schema":"vnode.event/1","type":"execution_started","seq":1,"run_id":")" + id +
                           R"("})" + "\n" + R"({"schema":"vnode.event/1","type":"execution_fin)");
  crash();
  EXPECT_EQ(caller->status(id), "pending");
  caller->call("queue.resume", {{"name", "one"}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  EXPECT_EQ(count_of(types_of(events), "execution_started"), 1U);
}

TEST_F(Restarts, KeepWhatWasCancelledInTheMomentOfTheEnd) {
  caller->call("queue.pause", {{"name", "one"}});
  constexpr int kRuns = 50;
  for (int i = 0; i < kRuns; ++i) caller->submit(quick_workflow(), {{"queue", "one"}});
  RawConnection first = RawConnection::to_unix(settings.socket);
  RawConnection second = RawConnection::to_unix(settings.socket);
  first.send(R"({"jsonrpc":"2.0","id":1,"method":"run.cancel","params":{"all":true}})"
             "\n");
  second.send(R"({"jsonrpc":"2.0","id":2,"method":"daemon.shutdown","params":{"grace":0}})"
              "\n");
  const Value reply = first.read_reply();
  EXPECT_TRUE(join().ok());
  again();
  const std::vector<std::string> statuses = each(part(caller->call("run.list"), "runs"), "status");
  EXPECT_EQ(statuses, std::vector<std::string>(kRuns, "cancelled")) << at(reply, "");
}

TEST_F(Restarts, AfterACrashManageWithoutEvents) {
  const std::string id = running("a");
  std::filesystem::remove_all(folder.file("state/events"));
  crash();
  EXPECT_EQ(caller->status(id), "interrupted");
  const std::vector<Value> events = caller->events(id);
  EXPECT_THAT(types_of(events), ElementsAre("execution_started", "execution_finished"));
}

}  // namespace
}  // namespace vnode::test
