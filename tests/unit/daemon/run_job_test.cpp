// One attempt of a run: attempts in its events, where it works, and with which node types.
#include "daemon/run_job.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "model/json_reader.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Value flaky_workflow(const std::string& name, int failures) {
  return document(WorkflowBuilder().node("f", "test_flaky", {{"name", name}, {"failures", failures}}));
}

class Attempts : public CallerFixture {
 protected:
  Attempts() { begin(); }
  /// The values of `attempt` in the execution_started events.
  static std::vector<std::string> attempts_of(const std::vector<Value>& events) {
    std::vector<std::string> attempts;
    for (const Value& event : events) {
      if (at(event, "type") == "execution_started") attempts.push_back(at(event, "attempt"));
    }
    return attempts;
  }
};

TEST_F(Attempts, AreOneStreamWithOneEnd) {
  const std::string id = caller->submit(flaky_workflow("a", 2), {{"retries", 3}});
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "completed");
  EXPECT_EQ(at(run, "attempt"), "3");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  EXPECT_THAT(attempts_of(events), ElementsAre("1", "2", "3"));
  const std::vector<std::string> types = types_of(events);
  EXPECT_EQ(std::count(types.begin(), types.end(), "execution_finished"), 1);
  EXPECT_EQ(types.back(), "execution_finished");
  EXPECT_EQ(at(events.back(), "status"), "completed");
  // The same is in the file.
  std::ifstream file(event_file(id));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), events.size());
  EXPECT_THAT(lines.back(), HasSubstr("execution_finished"));
}

TEST_F(Attempts, AreFollowedLive) {
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(flaky_workflow("a", 5), {{"retries", 5}});
  const std::int64_t subscription = caller->follow(id);
  caller->call("queue.resume", {{"name", "default"}});
  const std::vector<Value> events = caller->events_of(subscription);
  EXPECT_TRUE(are_in_order(events));
  EXPECT_EQ(attempts_of(events).size(), 6U);
  EXPECT_EQ(caller->end_status(), "completed");
}

TEST_F(Attempts, EndWhenThereAreNoMore) {
  const std::string id = caller->submit(flaky_workflow("a", 100), {{"retries", 2}});
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "failed");
  EXPECT_EQ(at(run, "attempt"), "3");
  const std::vector<Value> events = caller->events(id);
  EXPECT_THAT(attempts_of(events), ElementsAre("1", "2", "3"));
  EXPECT_EQ(at(events.back(), "status"), "failed");
}

TEST_F(Attempts, AreNotMadeAgainOfWhatIsInvalid) {
  std::filesystem::create_directories(definitions);
  folder.write("nodes/broken.json", R"({"node_id": "broken", "name": "b", "python_code": "def ("})");
  runtime->behaviours["broken"].refusal = "invalid syntax";
  const std::string id = caller->submit(document(WorkflowBuilder().node("a", "broken")), {{"retries", 3}});
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "failed");
  EXPECT_EQ(at(run, "exit_code"), "3");
  EXPECT_EQ(at(run, "attempt"), "1");
  EXPECT_THAT(at(run, "error"), HasSubstr("the workflow is not valid: "));
  EXPECT_THAT(at(run, "error"), HasSubstr("invalid syntax"));
  EXPECT_EQ(at(caller->events(id).back(), "status"), "invalid");
}

TEST_F(Attempts, AfterATimeoutToo) {
  const std::string id = caller->submit(gate_workflow("a"), {{"retries", 1}, {"timeout", 0.05}});
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "timeout");
  EXPECT_EQ(at(run, "attempt"), "2");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  EXPECT_THAT(attempts_of(events), ElementsAre("1", "2"));
  EXPECT_EQ(at(events.back(), "status"), "timeout");
}

TEST_F(Attempts, AreNotMadeOfACancelledRun) {
  const std::string id = caller->submit(gate_workflow("a"), {{"retries", 5}});
  ASSERT_TRUE(gates.wait_for("a"));
  caller->cancel(id);
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "cancelled");
  EXPECT_EQ(at(run, "attempt"), "1");
  const std::vector<Value> events = caller->events(id);
  EXPECT_THAT(attempts_of(events), ElementsAre("1"));
  EXPECT_EQ(at(events.back(), "status"), "cancelled");
}

TEST_F(Attempts, CancelledBetweenTwoOfThemHaveOneEnd) {
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  const Value workflow = document(
      WorkflowBuilder().node("g", "test_gate", {{"gate", "a"}}).node("f", "test_fail").exec("g", "f"));
  const std::string id = caller->submit(workflow, {{"retries", 5}, {"queue", "one"}, {"priority", -1}});
  ASSERT_TRUE(gates.wait_for("a"));
  // Has the queue when the first attempt has failed.
  const std::string other = caller->submit(gate_workflow("b"), {{"queue", "one"}});
  gates.open("a");
  ASSERT_TRUE(gates.wait_for("b"));
  EXPECT_EQ(caller->status(id), "pending");
  caller->cancel(id);
  EXPECT_EQ(at(caller->wait(id), "status"), "cancelled");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  const std::vector<std::string> types = types_of(events);
  EXPECT_EQ(std::count(types.begin(), types.end(), "execution_finished"), 1);
  EXPECT_EQ(types.back(), "execution_finished");
  gates.open("b");
  caller->wait(other);
}

TEST_F(Attempts, CancelledWhenTheyAreOverTheirTimeHaveOneEnd) {
  const Value workflow = document(WorkflowBuilder().node("b", "test_busy", {{"gate", "b"}}));
  const std::string id = caller->submit(workflow, {{"retries", 5}, {"timeout", 0.02}});
  ASSERT_TRUE(gates.wait_for("b"));
  // Usually the first one; on a busy machine its time may be over before it gets so far.
  const std::string attempt = at(caller->get(id), "attempt");
  while (at(caller->get(id), "stopping") != "true") continue;
  caller->cancel(id);
  gates.open("b");
  EXPECT_EQ(at(caller->wait(id), "attempt"), attempt);
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  const std::vector<std::string> types = types_of(events);
  EXPECT_EQ(std::count(types.begin(), types.end(), "execution_finished"), 1);
  EXPECT_EQ(types.back(), "execution_finished");
  EXPECT_EQ(at(events.back(), "status"), caller->status(id));
}

class DelayedAttempts : public CallerFixture {
 protected:
  DelayedAttempts() {
    settings.retry_delay = {.first = std::chrono::hours(1)};
    begin();
  }
  /// A run whose first attempt has failed, and which has one retry.
  std::string waiting() {
    caller->call("run.watch");
    const std::string id = caller->submit(flaky_workflow("a", 1), {{"retries", 1}});
    caller->next("run.changed", [](const Value& event) {
      return at(event, "run/status") == "pending" && at(event, "run/attempt") == "2";
    });
    return id;
  }
};

TEST_F(DelayedAttempts, SayWhenTheyBegin) {
  const std::string id = waiting();
  EXPECT_EQ(at(caller->get(id), "reason/code"), "retry");
  EXPECT_THAT(at(caller->call("run.explain", {{"id", id}}), "text"), HasSubstr("attempt 2 in "));
  caller->cancel(id);
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "cancelled");
  EXPECT_EQ(at(run, "attempt"), "2");
  EXPECT_EQ(at(run, "error"), "it was cancelled before attempt 2");
  const std::vector<Value> events = caller->events(id);
  EXPECT_TRUE(are_in_order(events));
  EXPECT_EQ(at(events.back(), "status"), "cancelled");
  EXPECT_EQ(at(events.back(), "error"), "it was cancelled before attempt 2");
}

TEST_F(DelayedAttempts, BeginAtOnceAfterARestart) {
  const std::string id = waiting();
  caller.reset();
  again();
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "completed");
  EXPECT_EQ(at(run, "attempt"), "2");
}

class Surroundings : public Attempts {
 protected:
  /// Waits at a gate, then writes a file with a relative path.
  static Value writer(const std::string& gate, const std::string& text) {
    return document(WorkflowBuilder()
                        .node("gate", "test_gate", {{"gate", gate}})
                        .node("write", "file_write", {{"path", "out.txt"}, {"content", text}})
                        .exec("gate", "write"));
  }
  std::string made(const std::string& name) {
    std::filesystem::create_directory(folder.file(name));
    return folder.file(name);
  }
};

TEST_F(Surroundings, ADirectoryForEachRun) {
  const std::string a = caller->submit(writer("g", "in a"), {{"directory", made("a")}});
  const std::string b = caller->submit(writer("g", "in b"), {{"directory", made("b")}});
  ASSERT_TRUE(gates.wait_for("g", 2));
  gates.open("g");
  EXPECT_EQ(at(caller->wait(a), "status"), "completed");
  EXPECT_EQ(at(caller->wait(b), "status"), "completed");
  EXPECT_EQ(folder.read("a/out.txt"), "in a");
  EXPECT_EQ(folder.read("b/out.txt"), "in b");
}

TEST_F(Surroundings, ADirectoryOfOneRunIsNotThatOfTheNext) {
  // All on one thread, one after the other, as threads that are idle are used again.
  gates.open("g");
  const auto write = [this](const std::string& path, Dict params) {
    WorkflowBuilder builder;
    builder.node("write", "file_write", {{"path", path}, {"content", "text"}});
    return at(caller->wait(caller->submit(document(builder), std::move(params))), "status");
  };
  EXPECT_EQ(write(folder.file("absolute.txt"), {}), "completed");
  EXPECT_EQ(write("out.txt", {{"directory", made("a")}}), "completed");
  EXPECT_TRUE(std::filesystem::exists(folder.file("a/out.txt")));
  EXPECT_EQ(write("out.txt", {{"directory", made("b")}}), "completed");
  EXPECT_TRUE(std::filesystem::exists(folder.file("b/out.txt")));
  const std::string stray = "vnode-test-" + std::to_string(::getpid()) + ".txt";
  EXPECT_EQ(write(stray, {}), "completed");
  EXPECT_TRUE(std::filesystem::exists(stray));  // in the program's own folder
  EXPECT_FALSE(std::filesystem::exists(folder.file("b/" + stray)));
  std::filesystem::remove(stray);
}

TEST_F(Surroundings, WithoutTheDirectoryTheRunFails) {
  const std::string id = caller->submit(writer("g", "text"), {{"directory", folder.file("absent")}});
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "failed");
  EXPECT_THAT(at(run, "error"), HasSubstr("cannot work in this folder"));
  const std::vector<Value> events = caller->events(id);
  EXPECT_THAT(types_of(events), ElementsAre("execution_started", "execution_finished"));
}

TEST_F(Surroundings, WithoutTheDirectoryARunThatWasReadFromTheStoreFailsToo) {
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(quick_workflow(), {{"directory", folder.file("absent")}});
  caller.reset();
  again();
  caller->call("queue.resume", {{"name", "default"}});
  EXPECT_EQ(at(caller->wait(id), "status"), "failed");
}

TEST_F(Surroundings, NodeTypesAsTheyAreWhenTheRunStarts) {
  const auto write_definition = [this](const std::string& input) {
    folder.write("nodes/d.json", R"({"node_id":"d","name":"D","inputs":[{"name":")" + input +
                                     R"("}],"outputs":[{"name":"out"}],"python_code":"x"})");
    caller->call("nodes.list");  // looks at the files at once
  };
  runtime->behaviours["d"] = {.code = [](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
    co_return Outputs{{"out", Value(node.input_ports().front())}};
  }};
  const auto output = [this](const std::string& id) {
    std::string value;
    for (const Value& event : caller->events(id)) {
      if (at(event, "type") == "node_output") value = at(event, "output/out");
    }
    return value;
  };
  const Value workflow = document(WorkflowBuilder().node("d", "d"));
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", workflow}}).word, "invalid_workflow");
  write_definition("first");
  EXPECT_EQ(output(caller->submit(workflow)), "first");
  // Changed between submission and start.
  caller->call("queue.pause", {{"name", "default"}});
  const std::string second = caller->submit(workflow);
  write_definition("second");
  caller->call("queue.resume", {{"name", "default"}});
  EXPECT_EQ(output(second), "second");
  // One that no longer loads keeps its last good version.
  folder.write("nodes/d.json", "{ half");
  EXPECT_EQ(output(caller->submit(workflow)), "second");
  // One that is gone when the run starts makes it invalid.
  caller->call("queue.pause", {{"name", "default"}});
  const std::string last = caller->submit(workflow);
  std::filesystem::remove(folder.file("nodes/d.json"));
  caller->call("nodes.list");
  caller->call("queue.resume", {{"name", "default"}});
  const Value run = caller->wait(last);
  EXPECT_EQ(at(run, "status"), "failed");
  EXPECT_EQ(at(run, "exit_code"), "3");
  EXPECT_EQ(at(caller->events(last).back(), "problems/0/code"), "unknown_node");
}

TEST_F(Surroundings, SeedsThatMakeARunRepeatable) {
  const Value workflow = document(WorkflowBuilder().node("r", "test_pass", {{"in", 1}}));
  EXPECT_EQ(at(caller->wait(caller->submit(workflow, {{"seed", 5}, {"init_only", true}})), "status"),
            "completed");
}

}  // namespace
}  // namespace vnode::test
