// Commands behind the words of an executor, on real processes.
#include "command/wrapped_command.h"

#include <signal.h>

#include <thread>

#include "unit/command/command_run_case.h"

namespace vnode::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

class WrappedCommandTest : public CommandRunCase {
 protected:
  static Value list(std::initializer_list<std::string> words) {
    std::vector<Value> values;
    for (const std::string& word : words) values.emplace_back(word);
    return Value::list(std::move(values));
  }

  void set_executor(const Value& words, const Value& stop = Value()) {
    Dict members = {{"kind", "wrap"}, {"words", words}};
    if (!stop.is_none()) members.set("stop", stop);
    settings_.executors = ExecutorSet::read(Value(Dict{{"there", Value(std::move(members))}})).value();
  }

  /// Its settings, with `more`.
  static Value there(Dict more = {}) {
    more.set("executor", "there");
    return Value(std::move(more));
  }

  /// A stand-in for a container engine: what it runs gets no signal that it gets itself, only those of
  /// `kill`.
  std::string engine() {
    return script(
        "engine",
        "command=$1 name=$2; shift 2\n"
        "case $command in\n"
        "run) trap '' TERM INT\n"
        "  (trap - TERM INT; exec setsid sh -c 'echo $$ > \"$0.new\"; mv \"$0.new\" \"$0.pid\"; exec \"$@\"' "
        "\"$name\" \"$@\") &\n"
        "  wait $! ;;\n"
        "kill) echo \"$1\" >> signals; kill -s \"$1\" -- -$(cat \"$name.pid\") ;;\n"
        "esac\n");
  }

  /// The run is stopped once the process in it has written its file `ready`.
  void stop_when_ready(RealRun& run) {
    std::thread stopper([&] {
      while (folder_.read("ready").empty()) std::this_thread::yield();
      run.run->stop(StopReason::kCancel);
    });
    run.to_end();
    stopper.join();
  }
};

TEST_F(WrappedCommandTest, RunBehindItsWords) {
  options_.resources = {{"cpus", kOneResource}};
  const std::string wrap = script("wrap", "echo \"$PWD|$1|$2|$A\"; shift 2; exec \"$@\"");
  set_executor(list({wrap, "{cpus}-{time}", "{environment:--env=}", "{words}"}));
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", list({"--env=VNODE_TRY", "sh", "-c", "echo it: $A"})},
          {"environment", Value(Dict{{"A", "1"}})},
          {"__vnode__", there({{"resources", Value(Dict{{"cpus", 1}})}, {"timeout", "90s"}})}});
  RealRun run(*this, w);
  run.to_end();
  EXPECT_THAT(run.all(), HasSubstr("|1-90|--env=A|1"));
}

TEST_F(WrappedCommandTest, GoThroughAShell) {
  set_executor(list({"sh", "-c", "echo before; exec {quoted}"}));
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", list({"printf", "<%s>", "it's", "$(id)", "a\nb", ""})}, {"__vnode__", there()}});
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_EQ(run.result("c", "stdout"), "\"before\\n<it's><$(id)><a\\nb><>\"");
}

TEST_F(WrappedCommandTest, EndWithTheExitCodeOfTheirProcess) {
  set_executor(list({"sh", "-c", "{quoted}"}));
  WorkflowBuilder w;
  w.node("c", "run_command", {{"command", list({"sh", "-c", "exit 7"})}, {"__vnode__", there()}});
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 1);
  EXPECT_EQ(run.result("c", "exit_code"), "7");
}

TEST_F(WrappedCommandTest, AreRefusedWhereTheirEnvironmentWouldBeLost) {
  set_executor(list({"sh", "-c", "{quoted}"}));
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", "true"}, {"environment", Value(Dict{{"A", "1"}})}, {"__vnode__", there()}});
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 1);
  EXPECT_THAT(run.outcome().error, HasSubstr("do not pass the variable A on"));
}

TEST_F(WrappedCommandTest, AnExecutorThatIsNotThereIsAMistake) {
  WorkflowBuilder w;
  w.node("c", "run_command", {{"command", "true"}, {"__vnode__", there()}});
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 3);
  ASSERT_EQ(run.run->problems().size(), 1u);
  EXPECT_EQ(run.run->problems().front().code, "unknown_executor");
  EXPECT_THAT(run.run->problems().front().message, HasSubstr("there is no executor 'there'"));
}

TEST_F(WrappedCommandTest, WhatTheRunSaysCountsWhereTheNodeSaysNothing) {
  set_executor(list({"sh", "-c", "echo there; {quoted}"}));
  options_.limits.executor = "there";
  WorkflowBuilder w;
  w.node("c", "run_command", {{"command", "echo it"}})
      .node("d", "run_command", {{"command", "echo it"}, {"__vnode__", Value(Dict{{"executor", "local"}})}});
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.result("c", "stdout"), "'there\\nit'");
  EXPECT_EQ(run.result("d", "stdout"), "'it'");
}

TEST_F(WrappedCommandTest, AreStoppedBehindTheWords) {
  set_executor(list({engine(), "run", "{name}"}), list({engine(), "kill", "{name}", "{signal}"}));
  settings_.grace = std::chrono::seconds(60);  // the signal ends it, not the time
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", list({"sh", "-c", "echo $$ > ready; exec sleep 600"})}, {"__vnode__", there()}});
  RealRun run(*this, w);
  stop_when_ready(run);
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
  EXPECT_EQ(folder_.read("signals"), "TERM\n");
  EXPECT_NE(::kill(std::stoi(folder_.read("ready")), 0), 0);
}

TEST_F(WrappedCommandTest, GetAKillAfterTheGrace) {
  set_executor(list({engine(), "run", "{name}"}), list({engine(), "kill", "{name}", "{signal}"}));
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", list({"sh", "-c", "trap '' TERM; echo $$ > ready; while :; do sleep 600; done"})},
          {"__vnode__", there()}});
  RealRun run(*this, w);
  stop_when_ready(run);
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
  EXPECT_EQ(folder_.read("signals"), "TERM\nKILL\n");
  EXPECT_NE(::kill(std::stoi(folder_.read("ready")), 0), 0);
}

TEST_F(WrappedCommandTest, AStopThatFailsIsToldAndDoesNotHoldUpTheEnd) {
  set_executor(list({"sh", "-c", "{quoted}"}), list({"sh", "-c", "echo no engine >&2; exit 3"}));
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", list({"sh", "-c", "echo $$ > ready; exec sleep 600"})}, {"__vnode__", there()}});
  RealRun run(*this, w);
  stop_when_ready(run);
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
  EXPECT_THAT(run.sink.lines,
              Contains(AllOf(StartsWith("log c warning"), HasSubstr("exit code 3: no engine"))));
}

}  // namespace
}  // namespace vnode::test
