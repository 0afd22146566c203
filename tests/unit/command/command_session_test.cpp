// Commands in runs, on real processes.
#include "command/command_session.h"

#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <thread>

#include "unit/command/command_run_case.h"

namespace vnode::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CommandSessionTest : public CommandRunCase {};

TEST_F(CommandSessionTest, PushAllDataOutputsInPortOrderAndThenFire) {
  define(
      "it",
      R"("command": ["sh", "-c", "echo out; echo err >&2"], "outputs": [{"name": "o"}], "outputs_from": {"o": {"stdout": "lines"}})");
  WorkflowBuilder w;
  w.node("c", "it").node("end", "message_node").exec("c", "end");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  std::vector<std::string> outputs = run.sink.only({"output c"});
  ASSERT_EQ(outputs.size(), 8u) << run.all();
  outputs[5] = outputs[5].substr(0, outputs[5].find('='));
  EXPECT_THAT(outputs, ElementsAre("output c o=['out']", "output c stdout='out'", "output c stderr='err'",
                                   "output c exit_code=0", "output c success=True", "output c duration",
                                   "output c exec_out=True", "output c"));
  EXPECT_THAT(run.sink.lines, Contains("started end exec"));
  EXPECT_THAT(run.sink.lines, AllOf(Contains(HasSubstr("log c info stdout \"out\"")),
                                    Contains(HasSubstr("log c warning stderr \"err\""))));
}

TEST_F(CommandSessionTest, FailWhenTheExitCodeIsNone) {
  define("it", R"("command": ["sh", "-c", "echo why >&2; exit 3"])");
  WorkflowBuilder w;
  w.node("c", "it").node("end", "message_node").exec("c", "end");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 1);
  EXPECT_EQ(run.outcome().nodes.failed, 1u);
  EXPECT_EQ(run.result("c", "exit_code"), "3");  // results stay readable
  EXPECT_EQ(run.result("c", "success"), "False");
  EXPECT_THAT(run.all(),
              AllOf(HasSubstr("sh ended with exit code 3"), HasSubstr("why"), Not(HasSubstr("started end"))));
}

TEST_F(CommandSessionTest, TellASignalAs128AndItsNumber) {
  define("it", R"("command": ["sh", "-c", "kill -9 $$"])");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.result("c", "exit_code"), "137");
  EXPECT_THAT(run.outcome().error, HasSubstr("was ended by SIGKILL"));
}

TEST_F(CommandSessionTest, AFailureWithAWiredExecFailIsHandled) {
  options_.fail_fast = true;
  define("it", R"("command": ["sh", "-c", "echo o; exit 3"])");
  WorkflowBuilder w;
  w.node("c", "it").node("bad", "message_node").node("good", "message_node").node("reads", "message_node");
  w.exec("c.exec_fail", "bad").exec("c.exec_out", "good").exec("bad", "reads").data("c.stdout", "reads.msg");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
  EXPECT_EQ(run.outcome().nodes.handled, 1u);
  EXPECT_EQ(run.outcome().nodes.failed, 0u);
  EXPECT_EQ(run.outcome().nodes.executed, 3u);
  EXPECT_THAT(run.sink.lines,
              AllOf(Contains(StartsWith("error c")), Contains(StartsWith("finished c failed")),
                    Contains("started bad exec"), Not(Contains("started good exec"))));
  EXPECT_EQ(run.result("reads", "out"), "'o'") << run.all();
}

TEST_F(CommandSessionTest, AHandledFailureIsNoneOfAGroupAround) {
  WorkflowBuilder w;
  const Value inner = parse_json(R"({"nodes": [
      {"node_id": "run_command", "position": [0, 0], "instance_id": "00000000-0000-0000-0000-00000000000a", "parameters": {"command": "false"}},
      {"node_id": "message_node", "position": [0, 0], "instance_id": "00000000-0000-0000-0000-00000000000b"}],
      "connections": [{"from_node": "00000000-0000-0000-0000-00000000000a", "from_port": "exec_fail", "is_exec": true,
                       "to_node": "00000000-0000-0000-0000-00000000000b", "to_port": "exec_in"}]})")
                          .value();
  w.node("g", "group_node", {{"__workflow__", inner}}).node("end", "message_node").exec("g", "end");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_THAT(run.sink.lines, Contains("started end exec"));
}

TEST_F(CommandSessionTest, ASourceThatFailedIsNotReadWithoutTheWire) {
  define("it", R"("command": ["false"])");
  WorkflowBuilder w;
  w.node("c", "it").node("reads", "message_node").data("c.stdout", "reads.msg");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().nodes.skipped, 1u) << run.all();
}

TEST_F(CommandSessionTest, SucceedOnTheExitCodesThatAreSaid) {
  define("it", R"("command": ["sh", "-c", "exit 3"], "success": {"exit_codes": [0, 3]})");
  WorkflowBuilder w;
  w.node("c", "it");
  EXPECT_EQ(RealRun(*this, w).to_end().outcome().exit_code, 0);
}

TEST_F(CommandSessionTest, FailWhenAFileWasNotWritten) {
  define("it", R"("command": ["sh", "-c", "eval \"$1\"", "sh", "{a}"], "success": {"files": ["{file}"]})");
  const auto error_of = [this](const char* code) {
    WorkflowBuilder w;
    w.node("c", "it", {{"a", code}, {"file", "f"}});
    return RealRun(*this, w).to_end().outcome().error;
  };
  EXPECT_THAT(error_of("true"), HasSubstr("f is not there"));
  EXPECT_THAT(error_of(": > f"), HasSubstr("f is empty"));
  folder_.write("f", "old");
  EXPECT_THAT(error_of("true"), HasSubstr("f is as it was before"));
  EXPECT_EQ(error_of("printf new > f"), "");  // of the same size
  EXPECT_EQ(error_of("touch f"), "");
}

TEST_F(CommandSessionTest, FailWhenTheOutputHasWhatItMustNot) {
  define(
      "it",
      R"("command": ["sh", "-c", "echo fine; echo 'Error while decoding' >&2"], "success": {"not_in_output": ["Error while"]})");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  EXPECT_THAT(run.to_end().outcome().error, HasSubstr("its output has 'Error while': Error while decoding"));
  EXPECT_EQ(run.result("c", "exit_code"), "0");
}

TEST_F(CommandSessionTest, FillOutputsFromWhatTheyWrote) {
  folder_.write("b.x", "1");
  folder_.write("a.x", "{\"k\": [1]}");
  define(
      "it",
      R"x("command": ["printf", "v=1\nw=5\rv=2\n"], "outputs": [{"name": "m"}, {"name": "n"}, {"name": "f"}, {"name": "g"}, {"name": "t"}, {"name": "j"}],
      "outputs_from": {"m": {"match": "v=(\\d)"}, "n": {"match": "nothing"}, "f": {"file": "a.x"}, "g": {"glob": "*.x"}, "t": {"file_text": "b.x"}, "j": {"file_json": "a.x"}})x");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_EQ(run.result("c", "m"), "'2'");
  EXPECT_EQ(run.result("c", "n"), "None");
  EXPECT_EQ(run.result("c", "f"), "'a.x'");
  EXPECT_EQ(run.result("c", "g"), "['a.x', 'b.x']");
  EXPECT_EQ(run.result("c", "t"), "'1'");
  EXPECT_EQ(run.result("c", "j"), "{'k': [1]}");
}

TEST_F(CommandSessionTest, FailWhenAnOutputCannotBeFilled) {
  define(
      "it",
      R"("command": ["echo", "{a}"], "outputs": [{"name": "o"}], "outputs_from": {"o": {"stdout": "json"}})");
  WorkflowBuilder w;
  w.node("c", "it", {{"a", "no json"}});
  EXPECT_THAT(RealRun(*this, w).to_end().outcome().error,
              HasSubstr("output 'o': its standard output is not JSON"));
}

TEST_F(CommandSessionTest, GiveEnvironmentDirectoryAndInput) {
  options_.environment.variables = {{"OF_RUN", "1"}, {"BOTH", "run"}};
  options_.attempt = 4;
  std::filesystem::create_directory(folder_.file("sub"));
  define(
      "it",
      R"("command": ["sh", "-c", "pwd; cat; echo $OF_RUN $BOTH $VNODE_RUN_ID $VNODE_ATTEMPT $VNODE_TRY; echo $VNODE_NODE_ID"],
      "environment": {"BOTH": "{a}"}, "directory": "sub", "stdin": "in {a}\n")");
  WorkflowBuilder w;
  w.node("c", "it", {{"a", "own"}});
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.result("c", "stdout"),
            "'" + folder_.file("sub") + "\\nin own\\n1 own test 4 1\\n" + w.id("c").text() + "'");
}

TEST_F(CommandSessionTest, ReadNothingWhenNoInputIsGiven) {
  define("it", R"("command": ["cat"], "stdin": "{a}")");
  WorkflowBuilder w;
  w.node("none", "it").node("much", "it", {{"a", std::string(300'000, 'x')}});
  RealRun run(*this, w);
  options_.wanted_outputs = {};
  EXPECT_EQ(run.to_end().outcome().exit_code, 0);
  EXPECT_EQ(run.result("none", "stdout"), "''");
}

TEST_F(CommandSessionTest, KeepAWholeOutputOnlyForWhoWantsIt) {
  define("it", R"("command": ["sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x"])");
  WorkflowBuilder w;
  w.node("wired", "it")
      .node("reads", "message_node")
      .data("wired.stdout", "reads.msg")
      .node("asked", "it")
      .node("neither", "it");
  options_.wanted_outputs = {{w.id("asked"), "stdout"}};
  RealRun run(*this, w);
  run.to_end();
  const auto size = [&run](const char* node) { return run.result(node, "stdout").size() - 2; };
  EXPECT_EQ(size("wired"), 200'000u);
  EXPECT_EQ(size("asked"), 200'000u);
  EXPECT_LT(size("neither"), 66'000u);
  EXPECT_THAT(run.result("neither", "stdout"), HasSubstr("bytes left out"));
}

TEST_F(CommandSessionTest, LogNoMoreThanTheLimit) {
  define(
      "it",
      R"x("command": ["sh", "-c", "yes line | head -100000; echo last=7"], "limits": {"log_limit": "1K"}, "outputs": [{"name": "m"}], "outputs_from": {"m": {"match": "last=(.)"}})x");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  run.to_end();
  const auto logs = run.sink.only({"log c"});
  EXPECT_LE(logs.size(), 258u);
  EXPECT_THAT(logs.back(), HasSubstr("more lines"));
  EXPECT_EQ(run.result("c", "m"), "'7'");  // patterns see all of it
}

TEST_F(CommandSessionTest, WriteEverythingToAFileAnExecution) {
  settings_.log_folder = folder_.file("logs");
  define(
      "it",
      R"("command": ["sh", "-c", "yes line | head -3000; echo e >&2; echo 'openjd_redacted_env: T=hunter22'; echo hunter22"], "limits": {"log_limit": "1K"})");
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({Value(1), Value(2)})}})
      .node("c", "it")
      .exec("loop.each_item", "c");
  RealRun(*this, w).to_end();
  for (const char* number : {".1.log", ".2.log"}) {
    std::ifstream file(folder_.file("logs/" + w.id("c").text() + number));
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3003);
    EXPECT_THAT(text, AllOf(HasSubstr("e\n"), HasSubstr("T=***\n"), HasSubstr("\n***\n"),
                            Not(HasSubstr("hunter22"))));
  }
}

TEST_F(CommandSessionTest, WriteLinesThatAreNoTextAsText) {
  define("it", R"("command": ["printf", "a\\377b\\n"])");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.result("c", "stdout"),
            "'a\xEF\xBF\xBD"
            "b'");
}

TEST_F(CommandSessionTest, RunAsManyAtOnceAsThereAreSlots) {
  // Each waits for two others: of four at a time three are enough, of two never.
  const std::string program = script("meet",
                                     "touch here.$$; i=0; while [ $(ls here.* | wc -l) -lt 3 ]; do sleep "
                                     "0.02; i=$((i+1)); [ $i -lt 100 ] || exit 1; done");
  WorkflowBuilder w;
  for (const char* name : {"a", "b", "c"})
    w.node(name, "run_command", {{"command", Value::list({Value(program)})}});
  workers_ = std::make_unique<WorkerPool>(4);
  EXPECT_EQ(RealRun(*this, w).to_end().outcome().exit_code, 0);
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    if (file.path().filename().string().starts_with("here")) std::filesystem::remove(file.path());
  }
  workers_ = std::make_unique<WorkerPool>(2);
  EXPECT_EQ(RealRun(*this, w).to_end().outcome().exit_code, 1);
}

/// The process has written its pid to the file.
int pid_in(const std::string& path) {
  for (int i = 0; i < 1000; ++i) {
    int pid = 0;
    if (std::ifstream(path) >> pid && pid > 0) return pid;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return 0;
}

TEST_F(CommandSessionTest, AreEndedByAStopWithAllTheyStarted) {
  const std::string program =
      script("stay", "trap '' TERM; sleep 600 & echo $! > pid.new; mv pid.new pid; wait; sleep 600");
  WorkflowBuilder w;
  w.node("c", "run_command", {{"command", Value::list({Value(program)})}});
  w.node("d", "run_command", {{"command", "sleep 600"}})
      .node("waits", "run_command", {{"command", "echo never"}});
  RealRun run(*this, w);
  std::thread stopper([&] {
    EXPECT_GT(pid_in(folder_.file("pid")), 0);
    run.run->stop(StopReason::kCancel);
  });
  run.to_end();
  stopper.join();
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
  EXPECT_THAT(run.sink.lines, AllOf(Contains(StartsWith("finished c cancelled")),
                                    Contains(StartsWith("finished d cancelled")),
                                    Contains(StartsWith("finished waits cancelled"))));
  EXPECT_NE(::kill(pid_in(folder_.file("pid")), 0), 0);
}

TEST_F(CommandSessionTest, AnOrphanOfThemEndsWithTheRun) {
  const std::string program = script("fork",
                                     "setsid sh -c 'echo $$ > pid; exec sleep 600' >/dev/null 2>&1 "
                                     "</dev/null & while [ ! -s pid ]; do sleep 0.01; done");
  WorkflowBuilder w;
  w.node("c", "run_command", {{"command", Value::list({Value(program)})}});
  EXPECT_EQ(RealRun(*this, w).to_end().outcome().exit_code, 0);
  EXPECT_NE(::kill(pid_in(folder_.file("pid")), 0), 0);
}

TEST_F(CommandSessionTest, HaveTheLimitsOfTheirDefinition) {
  define(
      "it",
      R"("command": ["sh", "-c", "ulimit -n; ulimit -t; nice"], "limits": {"open_files": 77, "cpu_time": "1m", "nice": 3})");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  run.to_end();
  const int nice = ::getpriority(PRIO_PROCESS, 0) + 3;
  EXPECT_EQ(run.result("c", "stdout"), "'77\\n60\\n" + std::to_string(nice) + "'");
}

TEST_F(CommandSessionTest, AreTriedAgainByTheirExitCodeAndPushOnlyInTheLastTry) {
  const std::string counting = "printf x >> tries; echo try $VNODE_TRY; test $VNODE_TRY -ge 3 || exit 75";
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", counting},
          {"shell", true},
          {"__vnode__", Dict{{"retries", 5}, {"backoff", "10ms"}, {"retry_on", Value::list({Value(75)})}}}});
  w.node("end", "message_node").exec("c", "end");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.result("c", "stdout"), "'try 3'");
  EXPECT_EQ(run.sink.count("finished c retried"), 2u);
  EXPECT_EQ(run.sink.only({"output c exit_code"}).size(), 1u);
  EXPECT_EQ(folder_.read("tries"), "xxx");
}

TEST_F(CommandSessionTest, FireExecFailOnlyAfterTheLastTry) {
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", "exit 3"}, {"shell", true}, {"__vnode__", Dict{{"retries", 2}, {"backoff", "10ms"}}}});
  w.node("instead", "message_node").exec("c.exec_fail", "instead");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.sink.count("finished c retried"), 2u);
  EXPECT_EQ(run.sink.count("started instead exec"), 1u);
  EXPECT_EQ(run.outcome().nodes.handled, 1u);
}

TEST_F(CommandSessionTest, AreStoppedByATimeoutOfTheirOwn) {
  for (const char* limit : {"timeout", "idle_timeout"}) {
    WorkflowBuilder w;
    w.node(
        "c", "run_command",
        {{"command", "echo first; exec sleep 600"}, {"shell", true}, {"__vnode__", Dict{{limit, "300ms"}}}});
    w.node("other", "message_node").node("end", "message_node").exec("other", "end");
    w.node("behind", "message_node").exec("c", "behind");
    RealRun run(*this, w);
    run.to_end();
    EXPECT_EQ(run.outcome().exit_code, 1);
    EXPECT_EQ(run.sink.count("finished c timeout"), 1u) << limit;
    EXPECT_EQ(run.result("c", "stdout"), "'first'");
    EXPECT_EQ(run.sink.count("finished end success"), 1u);
  }
}

TEST_F(CommandSessionTest, GoOnFromATimeoutWithAWiredExecFail) {
  WorkflowBuilder w;
  w.node("c", "run_command", {{"command", "sleep 600"}, {"__vnode__", Dict{{"timeout", "200ms"}}}});
  w.node("instead", "message_node").exec("c.exec_fail", "instead");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.sink.count("started instead exec"), 1u);
}

TEST_F(CommandSessionTest, AreStoppedInALoopWhoseTimeoutPasses) {
  WorkflowBuilder w;
  w.node("loop", "For Each",
         {{"collection", Value::list({Value(1), Value(2)})}, {"__vnode__", Dict{{"timeout", "300ms"}}}});
  w.node("c", "run_command", {{"command", "sleep 600"}}).exec("loop.each_item", "c");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.sink.count("finished loop timeout"), 1u);
  EXPECT_EQ(run.sink.count("finished c cancelled"), 1u);
  EXPECT_EQ(run.sink.count("started c exec"), 1u);
}

TEST_F(CommandSessionTest, HearWhatTheirProgramsSay) {
  define(
      "it",
      R"("command": ["printf", "openjd_progress: 25\nopenjd_status: at it\nplain\nvnode: {{\"log\": \"told\", \"level\": \"error\"}\n"])");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().nodes.succeeded, 1u);
  EXPECT_THAT(run.sink.only({"progress"}), Contains(HasSubstr("0.25"))) << run.all();
  EXPECT_THAT(run.sink.only({"log"}), ElementsAre(HasSubstr("plain"), HasSubstr("error \"told\"")));
}

TEST_F(CommandSessionTest, SetVariablesForLaterCommandsOfTheirChainOnly) {
  const std::string say = R"("command": ["printf", "openjd_env: MINE=%s\n", "{a}"])";
  define("speaks", say + R"(, "speaks": ["env"])");
  define("prints", say);
  define("unset", R"("command": ["echo", "openjd_unset_env: MINE"], "speaks": ["env"])");
  define("tell", R"("command": ["sh", "-c", "echo \"<$MINE>\""])");
  WorkflowBuilder w;
  w.node("s", "speaks", {{"a", "1"}})
      .node("p", "prints", {{"a", "2"}})
      .node("t", "tell")
      .node("u", "unset")
      .node("t2", "tell");
  w.exec("s", "p").exec("p", "t").exec("t", "u").exec("u", "t2");
  w.node("other", "prints", {{"a", "3"}}).node("t3", "tell").exec("other", "t3");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_EQ(run.result("t", "stdout"), "'<1>'");
  EXPECT_EQ(run.result("t2", "stdout"), "'<>'");
  EXPECT_EQ(run.result("t3", "stdout"), "'<>'");
  EXPECT_THAT(run.sink.lines,
              Contains(HasSubstr("openjd_env: MINE=2")));  // of one that does not speak: a line as others
}

TEST_F(CommandSessionTest, HideASecretThatAProgramNames) {
  define("it", R"("command": ["printf", "openjd_redacted_env: TOKEN=hunter22\nx hunter22 y\n"])");
  WorkflowBuilder w;
  w.node("c", "it").node("d", "it").exec("c", "d");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_THAT(run.all(), AllOf(Not(HasSubstr("hunter22")), HasSubstr("x *** y")));
}

TEST_F(CommandSessionTest, FillOutputsThatTheirProgramSays) {
  const std::string members =
      R"("command": ["printf", "vnode: {{\"output\": {{\"o\": [1], \"stdout\": 3, \"exec_out\": 1}}\n"])";
  define("it", members + R"(, "outputs": [{"name": "o"}], "speaks": ["output"])");
  WorkflowBuilder w;
  w.node("c", "it");
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.result("c", "o"), "[1]");
  EXPECT_THAT(run.result("c", "stdout"), HasSubstr("vnode: "));
}

TEST_F(CommandSessionTest, TellProgressByAPattern) {
  define(
      "it",
      R"x("command": ["printf", "time=00:00:30.0\r"], "progress": {"pattern": "time=(\\d+):(\\d+):([\\d.]+)", "unit": "hms", "total": "{a}"})x");
  WorkflowBuilder w;
  w.node("c", "it", {{"a", 60.0}});
  RealRun run(*this, w);
  run.to_end();
  EXPECT_THAT(run.sink.only({"progress"}), ElementsAre(HasSubstr("0.5")));
}

TEST_F(CommandSessionTest, AreRunAfreshInEachIterationOfALoop) {
  define("it", R"("command": ["echo", "{a}"])");
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({Value(1), Value(2), Value(3)})}}).node("c", "it");
  w.exec("loop.each_item", "c").data("loop.current_item", "c.a");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_THAT(run.sink.only({"output c stdout"}),
              ElementsAre("output c stdout='1'", "output c stdout='2'", "output c stdout='3'"));
}

}  // namespace
}  // namespace vnode::test
