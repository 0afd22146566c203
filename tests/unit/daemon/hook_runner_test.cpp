// Hooks: what is done when runs have ended (rule 16).
#include "daemon/hook_runner.h"

#include <fstream>

#include "model/json_reader.h"
#include "support/daemon_fixture.h"
#include "support/http_server.h"
#include "support/process_harness.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

Value hooks(const Dict& hook) { return Value::list({Value(hook)}); }

class Hooks : public DaemonFixture {
 protected:
  static Dict shell(const std::string& script) {
    return {{"command", Value::list({Value("sh"), Value("-c"), Value(script)})}};
  }
  /// What is in a file once a hook has moved it there.
  std::string result(const std::string& name) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!std::filesystem::exists(folder.file(name)) && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
    }
    return folder.read(name);
  }
};

TEST_F(Hooks, GetTheRunOnTheirInput) {
  start();
  const auto caller = connect();
  const std::string id = caller->submit(
      quick_workflow(),
      {{"name", "w.json"},
       {"directory", folder.path()},
       {"environment", Dict{{"MINE", "of the run"}}},
       {"hooks", hooks(shell("cat > part; echo $VNODE_RUN_ID $VNODE_ATTEMPT $VNODE_STATUS $VNODE_EXIT_CODE "
                             "$MINE > environment; mv part whole"))}});
  const Value run = caller->wait(id);
  const std::string text = result("whole");
  const Result<Value> told = parse_json(text);
  ASSERT_TRUE(told.ok()) << text;
  EXPECT_EQ(at(*told, ""), at(run, ""));
  EXPECT_EQ(folder.read("environment"), id + " 1 completed 0 of the run\n");
}

TEST_F(Hooks, OfTheDaemonAreForEveryRun) {
  settings.hooks = {{.command = {"sh", "-c",
                                 "echo $VNODE_STATUS > " + folder.file("part") + "; mv " +
                                     folder.file("part") + " " + folder.file("ended-$VNODE_RUN_ID")}}};
  start();
  const auto caller = connect();
  const std::string failing =
      caller->submit(document(WorkflowBuilder().node("f", "test_fail", {{"message", "x"}})));
  EXPECT_EQ(result("ended-" + failing), "failed\n");
  caller->call("queue.pause", {{"name", "default"}});
  const std::string cancelled = caller->submit(quick_workflow());
  caller->cancel(cancelled);
  EXPECT_EQ(result("ended-" + cancelled), "cancelled\n");
}

TEST_F(Hooks, ArePosted) {
  HttpServer server([](const std::string&) { return http_reply("200 OK", ""); });
  start();
  const auto caller = connect();
  const std::string id = caller->submit(quick_workflow(), {{"hooks", hooks({{"url", server.url("/done")}})}});
  server.wait_for_requests(1);
  const std::string request = server.requests().front();
  EXPECT_TRUE(request.starts_with("POST /done HTTP/1.1\r\n")) << request;
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json"));
  const Result<Value> told = parse_json(request.substr(request.find("\r\n\r\n") + 4));
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(at(*told, "id"), id);
  EXPECT_EQ(at(*told, "status"), "completed");
}

TEST_F(Hooks, ThatFailAreTriedAgain) {
  std::atomic<int> requests = 0;
  HttpServer server([&requests](const std::string&) {
    return ++requests == 1 ? http_reply("503 Busy", "") : http_reply("204 OK", "");
  });
  start();
  const auto caller = connect();
  const std::string id = caller->submit(quick_workflow(), {{"hooks", hooks({{"url", server.url("/")}})}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  server.wait_for_requests(2);
  stop();
  EXPECT_FALSE(log.has("hook"));
}

TEST_F(Hooks, ThatFailChangeNothing) {
  start();
  const auto caller = connect();
  Value two = Value::list({Value(shell("echo no such luck >&2; exit 3")),
                           Value(Dict{{"command", Value::list({Value("/no/such/program")})}})});
  const std::string id = caller->submit(quick_workflow(), {{"hooks", two}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  // At the end of the daemon nothing is tried again.
  stop();
  EXPECT_TRUE(log.has("exit code 3: no such luck"));
  EXPECT_TRUE(log.has("/no/such/program"));
}

TEST_F(Hooks, AreKilledAtTheirTimeout) {
  settings.hook_timeout = std::chrono::milliseconds(100);
  start();
  const auto caller = connect();
  caller->wait(caller->submit(quick_workflow(), {{"hooks", hooks(shell("exec sleep 600"))}}));
  stop();
  EXPECT_TRUE(log.has("took longer than its timeout"));
}

TEST_F(Hooks, MayCleanUpAtTheirTimeout) {
  settings.hook_timeout = std::chrono::milliseconds(500);
  start();
  const auto caller = connect();
  caller->wait(caller->submit(
      quick_workflow(),
      {{"directory", folder.path()},
       {"hooks",
        hooks(shell(
            "trap 'sleep 0.2; echo $VNODE_TRY > part; mv part whole; exit' TERM; while :; do sleep 0.05; "
            "done"))}}));
  EXPECT_EQ(result("whole"), "1\n");
}

TEST_F(Hooks, LeaveNothingBehind) {
  LifeLine line;
  start();
  const auto caller = connect();
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(line.writer());
  caller->wait(caller->submit(
      quick_workflow(),
      {{"directory", folder.path()},
       {"hooks", hooks(shell("exec 3>" + path +
                             "; (trap '' TERM; setsid sh -c ': > there; echo up >&3; exec sleep 600') & "
                             "while [ ! -e there ]; do sleep 0.01; done"))}}));
  ASSERT_TRUE(line.wait_for(3));
  stop();
  EXPECT_TRUE(line.is_cut_within(std::chrono::seconds(1)));
}

TEST_F(Hooks, AreWaitedForAtTheEnd) {
  start();
  const auto caller = connect();
  const std::string id = caller->submit(
      gate_workflow("a"), {{"directory", folder.path()}, {"hooks", hooks(shell("cat > told"))}});
  ASSERT_TRUE(gates.wait_for("a"));
  stop();
  const Result<Value> told = parse_json(folder.read("told"));
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(at(*told, "status"), "interrupted");
}

TEST_F(Hooks, OfARunThatWasLeftPendingComeAfterTheRestart) {
  start();
  auto caller = connect();
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(
      quick_workflow(), {{"directory", folder.path()}, {"hooks", hooks(shell("cat > part; mv part whole"))}});
  restart();
  caller = connect();
  EXPECT_FALSE(std::filesystem::exists(folder.file("whole")));
  caller->call("queue.resume", {{"name", "default"}});
  EXPECT_EQ(at(*parse_json(result("whole")), "id"), id);
}

TEST_F(Hooks, OfALargeWorkflowCome) {
  start();
  const auto caller = connect();
  WorkflowBuilder builder;
  builder.node("quick", "test_pass", {{"in", std::string(200'000, 'x')}});
  const std::string id =
      caller->submit(document(builder),
                     {{"directory", folder.path()}, {"hooks", hooks(shell("cat > part; mv part whole"))}});
  EXPECT_EQ(at(*parse_json(result("whole")), "id"), id);
}

}  // namespace
}  // namespace vnode::test
