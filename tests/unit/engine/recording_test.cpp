// Rules 50 to 53: what a run tells its recorder, and when it goes on.
#include "engine/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/emitter.h"
#include "model/value_ops.h"
#include "node/node_context.h"
#include "node/node_type.h"
#include "support/fake_runtime.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Writes a line for each thing that it is told. It settles at once, or when the test says so.
class FakeRecorder final : public Recorder {
 public:
  explicit FakeRecorder(const WorkflowBuilder& builder) : builder_(builder) {}

  void begin_run(const RecordedRun&) override { is_settled_ = false; }
  RecordNumber begin(const RecordedBegin& begin) override {
    std::string line = "begin " + name(begin.place);
    if (!begin.hook.empty()) line += " hook " + std::string(begin.hook);
    if (begin.try_number > 1) line += " try " + std::to_string(begin.try_number);
    if (begin.cause.place.node) line += " by " + name(begin.cause.place) + "/" + push_text(begin.cause.push);
    for (const PortValue& input : begin.inputs)
      line += " " + std::string(input.port) + "=" + to_repr(input.value);
    names_[++last_] = builder_.name(*begin.place.node);
    add(line);
    if (fails_at_begin) failure = Error{ErrorCode::kIo, "no space"};
    return last_;
  }
  void push(RecordNumber execution, std::string_view port, const Value& value,
            std::optional<std::uint32_t>) override {
    add("push " + names_[execution] + " " + std::string(port) + "=" + to_repr(value));
  }
  void log(RecordNumber execution, LogLevel, std::string_view message, std::string_view) override {
    add("log " + names_[execution] + " " + std::string(message));
  }
  void variable(RecordNumber execution, const Value& name, const Value* value) override {
    add("variable " + names_[execution] + " " + to_text(name) + "=" + (value ? to_repr(*value) : "gone"));
  }
  void read(RecordNumber execution, const Value& name, const Value* value) override {
    add("read " + names_[execution] + " " + to_text(name) + "=" + (value ? to_repr(*value) : "none"));
  }
  void read_all(RecordNumber execution, const Dict& variables) override {
    add("read all " + names_[execution] + " " + to_repr(Value(variables)));
  }
  void modules(RecordNumber execution, std::span<const UsersModule> modules) override {
    for (const UsersModule& module : modules)
      add("module " + names_[execution] + " " + module.name + " " + module.file);
  }
  void mark(RecordNumber execution, RecordMark why, std::string_view detail) override {
    add(std::string(word(why)) + " " + names_[execution] + " " + std::string(detail));
  }
  void end(RecordNumber execution, const RecordedEnd& end) override {
    std::string line =
        (end.is_before_firing ? "last " : "end ") + names_[execution] + " " + std::string(end.status);
    for (const RecordedFile& file : end.files) line += " file " + file.path;
    for (const std::string& path : end.changed) line += " changed " + path;
    add(line);
  }
  void resume(const RecordedSuspension& suspension) override {
    const bool is_firing = suspension.what == SuspendedFor::kFiring;
    lines.push_back("resume " + name(suspension.place) + (is_firing ? " firing" : ""));
  }
  void push_late(const RecordedPlace& place, std::string_view port, const Value& value) override {
    add("late " + name(place) + " " + std::string(port) + "=" + to_repr(value));
  }
  void end_run(bool is_stopped) override { add(is_stopped ? "run stopped" : "run ended"); }

  void flush() override {}
  bool is_settled() const override { return is_settled_; }
  void settle(std::function<void()> done) override {
    lines.emplace_back("settle");
    if (fails_to_settle) failure = Error{ErrorCode::kIo, "the disk is gone"};
    if (!failure) is_settled_ = true;
    if (!waits) return done();
    waiting.push_back(std::move(done));
  }
  std::optional<Error> error() const override { return failure; }
  bool has_failed() const override { return failure.has_value(); }

  std::vector<std::string> lines;
  std::vector<std::function<void()>> waiting;
  bool waits = false;
  bool fails_at_begin = false;
  bool fails_to_settle = false;
  std::optional<Error> failure;

 private:
  void add(std::string line) {
    lines.push_back(std::move(line));
    is_settled_ = false;
  }
  std::string name(const RecordedPlace& place) const {
    std::string path;
    for (const LevelPath* group = place.path; group; group = group->outer)
      path = builder_.name(group->group) + "." + path;
    return path + builder_.name(*place.node) + "#" + std::to_string(place.execution);
  }
  static std::string push_text(std::uint32_t push) {
    return push == RecordedCause::kReturned ? "return" : push == 0 ? "pull" : std::to_string(push);
  }

  const WorkflowBuilder& builder_;
  std::map<RecordNumber, std::string> names_;
  RecordNumber last_ = 0;
  bool is_settled_ = true;
};

/// The native test nodes, of which those that are named are recorded.
Registry registry_with(const std::vector<std::string>& recorded) {
  Registry registry = test_registry();
  for (const std::string& id : recorded) {
    auto type = std::make_shared<NodeType>(*registry.find(id));
    type->definition.is_recorded = true;
    registry.add(type);
  }
  return registry;
}

class Recording : public testing::Test {
 protected:
  void run(const std::vector<std::string>& recorded) { run(registry_with(recorded)); }
  void run(const Registry& registry) {
    recorder.emplace(w);
    if (set_up) set_up(*recorder);
    harness.emplace(w, RunOptions(), registry, &*recorder);
    harness->run();
  }
  /// What was told of executions and their order, without their logs.
  std::vector<std::string> lines() const { return recorder->lines; }
  std::vector<std::string> trace_without_recorder(const Registry& registry) {
    RunHarness plain(w, {}, registry);
    return plain.run().trace();
  }

  WorkflowBuilder w;
  std::optional<FakeRecorder> recorder;
  std::optional<RunHarness> harness;
  std::function<void(FakeRecorder&)> set_up;
};

TEST_F(Recording, TellsOfRecordedNodesOnly) {
  w.node("a", "test_pass", {{"in", 1}}).node("b", "test_relay").node("c", "test_pass");
  w.exec("a", "c").data("a.out", "b.in").data("b.out", "c.in");
  run({"test_pass"});
  EXPECT_THAT(lines(),
              ElementsAre("begin a#1 in=1", "push a out=1", "last a success", "push a exec_out=True",
                          "settle", "begin c#1 by a#1/2 in=1", "push c out=1", "push c exec_out=True",
                          "end c success", "end a success", "run ended", "settle"));
}

TEST_F(Recording, SettlesBeforeAnExecWireIsFollowed) {
  w.node("a", "test_pass").node("b", "test_pass").node("c", "test_pass").exec("a", "b").exec("a", "c");
  run({"test_pass"});
  const std::vector<std::string> told = lines();
  for (const char* begin : {"begin b#1 by a#1/2 in=None", "begin c#1 by a#1/2 in=None"}) {
    const auto found = std::find(told.begin(), told.end(), begin);
    ASSERT_NE(found, told.end()) << begin << testing::PrintToString(told);
    EXPECT_EQ(*(found - 1), "settle");
  }
}

TEST_F(Recording, ControlNodesCostNothing) {
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  run(test_registry());
  // The header of the journal is durable before the first wire is followed.
  EXPECT_THAT(lines(), ElementsAre("settle", "run ended", "settle"));
}

TEST_F(Recording, ChangesNothingInTheOrderOfEvents) {
  w.node("a", "test_pass", {{"in", 1}}).node("b", "test_pass").node("c", "test_yield", {{"times", 3}});
  w.node("d", "test_pass").node("e", "test_pass", {{"in", 2}}).node("f", "test_pass");
  w.exec("a", "b").exec("c", "d").exec("e", "f").data("a.out", "b.in");
  const Registry registry = registry_with({"test_pass", "test_yield"});
  set_up = [](FakeRecorder& recorder) { recorder.waits = true; };
  recorder.emplace(w);
  set_up(*recorder);
  harness.emplace(w, RunOptions(), registry, &*recorder);
  while (!harness->get().poll()) {
    for (auto& done : std::exchange(recorder->waiting, {})) done();
  }
  EXPECT_EQ(harness->trace(), trace_without_recorder(registry));
}

TEST_F(Recording, TellsWhatHasPulledAnExecution) {
  w.node("a", "test_pass").node("source", "test_value", {{"in", 3}}).data("source.value", "a.in");
  w.node("b", "test_pass").exec("a", "b");
  run({"test_value"});
  EXPECT_THAT(lines(), testing::Contains("begin source#1 by a#1/pull in=3"));
}

TEST_F(Recording, TellsWhatReturnedValuesHaveFired) {
  w.node("a", "test_return", {{"value", 1}, {"fire", true}}).node("b", "test_pass").exec("a", "b");
  run({"test_return", "test_pass"});
  EXPECT_THAT(lines(), testing::Contains("begin b#1 by a#1/return in=None"));
}

TEST_F(Recording, TellsWhenSuspendedNodesGoOn) {
  w.node("slow", "delay_timer", {{"delay", 2}}).node("quick", "delay_timer", {{"delay", 1}});
  w.node("x", "test_pass").exec("slow", "x").exec("quick", "x");
  run(test_registry());
  std::vector<std::string> order;
  for (const std::string& line : lines()) {
    if (line.starts_with("resume")) order.push_back(line);
  }
  EXPECT_THAT(
      order, ElementsAre("resume quick#1", "resume quick#1 firing", "resume slow#1", "resume slow#1 firing"));
}

TEST_F(Recording, TellsFailuresAndTries) {
  w.node("a", "test_fail",
         {{"message", "broken"}, {"__vnode__", Value(Dict{{"retries", 1}, {"backoff", "1s"}})}});
  w.node("b", "test_pass").exec("a", "b");
  run({"test_fail"});
  EXPECT_THAT(lines(), testing::IsSupersetOf({"end a retried", "end a failed"}));
}

TEST_F(Recording, AFailedSyncEndsTheRunBeforeItsConsequences) {
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  set_up = [](FakeRecorder& recorder) { recorder.fails_to_settle = true; };
  run({"test_pass"});
  EXPECT_EQ(harness->outcome().exit_code, kExitOutputFailed);
  EXPECT_EQ(harness->outcome().status, RunStatus::kFailed);
  EXPECT_EQ(harness->outcome().error, "the journal: the disk is gone");
  for (const std::string& line : lines()) EXPECT_FALSE(line.starts_with("begin b")) << line;
}

TEST_F(Recording, AFullDiskEndsTheRunBeforeTheNodeDoesAnything) {
  w.node("a", "test_pass", {{"in", 1}}).node("b", "test_pass").exec("a", "b");
  set_up = [](FakeRecorder& recorder) { recorder.fails_at_begin = true; };
  run({"test_pass"});
  EXPECT_EQ(harness->outcome().exit_code, kExitOutputFailed);
  EXPECT_EQ(harness->result("a", "out"), "unset");
}

TEST_F(Recording, WhatIsNeverRepeatedIsDurableBeforeItBegins) {
  w.node("a", "test_pass");
  w.node("b", "test_pass").exec("a", "b");
  Registry registry = registry_with({"test_pass"});
  auto type = std::make_shared<NodeType>(*registry.find("test_pass"));
  type->definition.is_never_repeated = true;
  registry.add(type);
  run(registry);
  ASSERT_GE(lines().size(), 2u);
  EXPECT_EQ(lines()[0], "begin a#1 in=None");
  EXPECT_EQ(lines()[1], "settle");
}

TEST_F(Recording, TellsOfFilesThatNodesWrite) {
  const ScratchFolder folder;
  w.node("a", "file_write", {{"path", folder.file("ours")}, {"content", "x"}});
  w.node("b", "test_pass").exec("a", "b");
  run(test_registry());
  EXPECT_THAT(lines(), testing::Contains("last a success file " + folder.file("ours")));
}

// --- nodes that a runtime executes ---

TEST_F(Recording, TellsVariablesOfRuntimesAndLatePushes) {
  const auto runtime = std::make_shared<FakeRuntime>();
  runtime->behaviours["test_code"] = {
      .code = [](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
        node.variables().set("count", Value(1));
        node.log_info("counted");
        co_await node.set_output("out", node.input("in"));
        co_return Outputs{{"out", Value(2)}};
      }};
  Registry registry = test_registry();
  registry.add(fake_runtime_type("test_code", runtime));
  w.node("a", "test_code", {{"in", 5}}).node("b", "test_pass").exec("a", "b");
  run(registry);
  EXPECT_THAT(lines(), testing::IsSupersetOf(
                           {"begin a#1 in=5", "log a counted", "variable a count=1", "end a success"}));
}

/// A runtime whose "test_writer" sets x to 1, and whose "test_reader" is that code.
Registry registry_of_readers(FakeRuntime::Code reader) {
  const auto runtime = std::make_shared<FakeRuntime>();
  runtime->behaviours["test_writer"] = {
      .code = [](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
        node.variables().set("x", Value(1));
        co_await node.fire("exec_out");
        co_return Outputs();
      }};
  runtime->behaviours["test_reader"] = {.code = std::move(reader)};
  Registry registry = test_registry();
  for (const char* id : {"test_writer", "test_reader"}) registry.add(fake_runtime_type(id, runtime));
  return registry;
}

TEST_F(Recording, TellsTheVariablesThatCodeReads) {
  w.node("a", "test_writer").node("b", "test_reader").exec("a", "b");
  run(registry_of_readers([](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
    node.note_read(Value("x"));
    node.note_read(Value("absent"));
    node.note_all_read({Value("own")});
    co_return Outputs();
  }));
  EXPECT_THAT(lines(), testing::IsSupersetOf({"read b x=1", "read b absent=none", "read all b {'x': 1}"}));
}

TEST_F(Recording, MarksWhatReadsAVariableThatOthersMayHaveChanged) {
  w.node("a", "test_reader").node("b", "test_writer").exec("a", "b");
  run(registry_of_readers([](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
    node.note_read(Value("y"));
    co_await node.set_output("out", Value(1));  // leads nowhere
    node.note_read(Value("z"));
    co_await node.fire("exec_out");
    node.note_read(Value("x"));
    node.note_all_read({});
    co_return Outputs();
  }));
  EXPECT_THAT(lines(),
              testing::IsSupersetOf({"read a y=none", "read a z=none", "late_read a x", "late_read a x"}));
  EXPECT_THAT(lines(), testing::Not(testing::Contains(testing::HasSubstr("read all"))));
}

TEST_F(Recording, TellsWhatElseRuntimesSayOfTheirCode) {
  w.node("a", "test_reader");
  run(registry_of_readers([](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
    node.note_stateful("attribute count");
    node.note_modules({{"helper", "/nodes/helper.py"}});
    co_return Outputs();
  }));
  EXPECT_THAT(lines(),
              testing::IsSupersetOf({"stateful a attribute count", "module a helper /nodes/helper.py"}));
}

TEST_F(Recording, TellsOfInputFilesThatChangeMeanwhile) {
  const ScratchFolder folder;
  const std::string changed = folder.write("changed", "a"), kept = folder.write("kept", "a");
  const std::string work = folder.write("work", "a");
  Registry registry =
      registry_of_readers([&folder](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
        for (const char* name : {"changed", "work"}) folder.write(name, "other");
        node.declare_file(folder.file("work"));
        co_return Outputs();
      });
  auto type = std::make_shared<NodeType>(*registry.find("test_reader"));
  for (const char* name : {"a", "b", "c"}) type->definition.inputs.push_back({.name = name, .type = "path"});
  registry.add(type);
  w.node("n", "test_reader", {{"a", changed}, {"b", kept}, {"c", work}});
  run(registry);
  EXPECT_THAT(lines(), testing::Contains("end n success file " + work + " changed " + changed));
}

TEST_F(Recording, RandomNumbersDependOnThePlaceOnly) {
  w.node("a", "example_random_float", {{"max", 1.0}}).node("b", "example_random_float", {{"max", 1.0}});
  RunHarness both(w, {.seed = 7});
  both.run();
  WorkflowBuilder one;
  one.node("a", "example_random_float", {{"max", 1.0}});
  RunHarness alone(one, {.seed = 7});
  alone.run();
  EXPECT_EQ(both.result("a", "value"), alone.result("a", "value"));
  EXPECT_NE(both.result("a", "value"), both.result("b", "value"));
}

}  // namespace
}  // namespace vnode::test
