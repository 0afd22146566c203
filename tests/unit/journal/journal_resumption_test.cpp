// Rules 11 to 14 of journals: what a run takes from the journal of an earlier one.
#include "journal/journal_resumption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/owned_fd.h"
#include "journal/journal_file.h"
#include "journal/journal_reader.h"
#include "node/node_type.h"
#include "support/fake_runtime.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::RunHarness;
using test::ScratchFolder;
using test::WorkflowBuilder;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// What nodes have done in the world, by the names that they were given.
std::vector<std::string> effects;
/// Those that fail.
std::set<std::string> broken;

std::string name_of(NodeContext& node) { return std::string(node.input("name").as_text()); }

/// Its effect; then `in` goes on to `out`, and what is behind it is fired.
Task<Outputs> run_deed(NodeContext& node) {
  const std::string name = name_of(node);
  if (broken.contains(name)) throw NodeFailure("broken", "broken", "in detail");
  effects.push_back(
      name + (node.input("in").is_none() ? "" : "(" + std::to_string(node.input("in").as_int()) + ")"));
  const Value out = node.input("in").is_none() ? Value(1) : Value(node.input("in").as_int() + 1);
  node.log_info("done");
  co_await node.set_output("out", out);
  co_await node.fire("exec_out");
  co_return Outputs{{"out", out}};
}

/// The same, after some time.
Task<Outputs> run_slow_deed(NodeContext& node) {
  co_await node.sleep(std::chrono::seconds(node.input("delay").as_int()));
  co_return co_await run_deed(node);
}

/// Fails, and hands that on.
Task<Outputs> run_handled(NodeContext& node) {
  effects.push_back(name_of(node));
  node.handle_failure(NodeFailure("it failed", "some_code", "a trace"));
  co_await node.set_output("reason", "it failed");
  co_await node.fire("exec_fail");
  co_return Outputs{{"reason", "it failed"}};
}

/// Fires three times, with its own work between.
Task<Outputs> run_steps(test::FakeRuntime&, NodeContext& node, InstanceKey) {
  for (int step = 1; step <= 3; ++step) {
    effects.push_back("step" + std::to_string(step));
    co_await node.set_output("out", step);
    co_await node.fire("exec_out");
  }
  co_return Outputs{};
}

const Registry& deed_registry() {
  static const Registry kRegistry = [] {
    Registry registry = test::test_registry();
    NodeLibrary library;
    library.add({.definition = {.node_id = "deed", .inputs = {{"name"}, {"in"}}, .outputs = {{"out"}}},
                 .touches_world = true,
                 .execute = run_deed});
    library.add({.definition = {.node_id = "slow_deed",
                                .inputs = {{"name"}, {"in"}, {"delay", "int", 1}},
                                .outputs = {{"out"}}},
                 .touches_world = true,
                 .execute = run_slow_deed});
    library.add({.definition = {.node_id = "handled",
                                .inputs = {{"name"}},
                                .outputs = {{"reason"}, {"exec_fail", "exec"}}},
                 .touches_world = true,
                 .execute = run_handled});
    registry.add_library(library);
    const auto runtime = std::make_shared<test::FakeRuntime>();
    runtime->behaviours["steps"] = {.code = run_steps};
    registry.add(test::fake_runtime_type("steps", runtime));
    return registry;
  }();
  return kRegistry;
}

class JournalResumptionTest : public testing::Test {
 protected:
  struct Ended {
    RunOutcome outcome;
    std::vector<std::string> trace;
    std::vector<std::string> effects;
    std::vector<std::string> refused = {};
    std::size_t resumed = 0;  ///< executions that were taken
  };

  void SetUp() override {
    effects.clear();
    broken.clear();
  }

  Ended run() {
    const auto file = JournalFile::create(path()).value();
    JournalRecorder recorder(*file, clock_);
    return run_with(recorder, nullptr);
  }

  /// With the same journal, or with the other one.
  Ended resume(const std::string& other = {}) {
    Ended ended;
    auto file = JournalFile::open(path(), {});
    if (!file) return refused(file.error());
    auto index = JournalIndex::read((*file)->descriptor(), path());
    if (!index) return refused(index.error());
    std::unique_ptr<JournalFile> written;
    if (!other.empty()) written = JournalFile::create(other).value();
    if (!written) {
      EXPECT_TRUE((*file)->go_on(index->end()));
    }
    JournalRecorder recorder(written ? *written : **file, clock_);
    if (!written) recorder.go_on(index->executions().size(), index->last_value());
    auto resumption = JournalResumption::open((*file)->descriptor(), path(), std::move(*index), recorder,
                                              {.file_check = file_check, .copies = written != nullptr})
                          .value();
    return run_with(recorder, resumption.get());
  }

  Ended run_with(JournalRecorder& recorder, Resumption* resumption) {
    effects.clear();
    RunHarness harness(w, options, deed_registry(), &recorder, resumption);
    harness.run();
    Ended ended{harness.outcome(), harness.trace(), std::exchange(effects, {})};
    ended.resumed = harness.sink().resumed;
    return ended;
  }

  static Ended refused(const Error& error) { return {{}, {}, {}, {error.message}}; }

  /// What a process that was killed there would have left.
  void cut(const std::string& whole, std::size_t size) const {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << whole.substr(0, size);
  }
  std::string bytes() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Where the n-th record of that kind ends.
  std::size_t behind(std::string_view kind, std::size_t number) const {
    const OwnedFd fd(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    JournalReader reader = JournalReader::open(fd.get(), path()).value();
    for (auto record = reader.next(); record && *record; record = reader.next()) {
      if ((*record)->kind == kind && --number == 0) return reader.records().end();
    }
    throw std::logic_error("no such record");
  }

  /// The ends of all records, each with how many executions had ended there.
  std::vector<std::pair<std::size_t, std::size_t>> cuts() const {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    std::set<std::int64_t> ended;
    const OwnedFd fd(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    JournalReader reader = JournalReader::open(fd.get(), path()).value();
    for (auto record = reader.next(); record && *record; record = reader.next()) {
      if ((*record)->kind == "last" || (*record)->kind == "end")
        ended.insert((*record)->field("execution").as_int());
      found.emplace_back(reader.records().end(), ended.size());
    }
    return found;
  }

  /// The run is cut off behind each record, and goes on: what had ended is taken, and all else is as in a run
  /// that was not.
  void expect_nothing_done_twice() {
    const Ended whole = run();
    const std::string journal = bytes();
    const std::size_t all = cuts().back().second;
    for (const auto& [size, ended] : cuts()) {
      cut(journal, size);
      const Ended rest = resume();
      // What is executed for real may come in another order: times are not waited for twice.
      ASSERT_THAT(rest.trace, testing::UnorderedElementsAreArray(whole.trace)) << "cut at " << size;
      ASSERT_EQ(rest.resumed, ended) << "cut at " << size;
      const Ended again = resume();
      ASSERT_EQ(again.resumed, all) << "cut at " << size;
      ASSERT_THAT(again.trace, testing::UnorderedElementsAreArray(whole.trace)) << "cut at " << size;
      if (ended == all) {
        ASSERT_EQ(again.trace, whole.trace) << "cut at " << size;
      }
    }
  }

  std::string path() const { return folder_.file("run.journal"); }

  const ScratchFolder folder_;
  const test::FakeClock clock_;
  WorkflowBuilder w;
  RunOptions options{.seed = 1};
  FileCheck file_check = FileCheck::kTime;
};

TEST_F(JournalResumptionTest, TakesAllOfARunThatHasEnded) {
  w.node("a", "deed", {{"name", "a"}, {"in", 1}}).node("b", "deed", {{"name", "b"}}).exec("a", "b");
  w.data("a.out", "b.in");
  const Ended first = run();
  EXPECT_THAT(first.effects, ElementsAre("a(1)", "b(2)"));
  const Ended second = resume();
  EXPECT_THAT(second.effects, IsEmpty());
  EXPECT_EQ(second.outcome.exit_code, 0);
  EXPECT_EQ(second.trace, first.trace);
}

TEST_F(JournalResumptionTest, ExecutesWhatHadFailed) {
  w.node("a", "deed", {{"name", "a"}}).node("b", "deed", {{"name", "b"}}).node("c", "deed", {{"name", "c"}});
  w.exec("a", "b").exec("b", "c");
  broken = {"b"};
  EXPECT_EQ(run().outcome.exit_code, 1);
  broken.clear();
  const Ended second = resume();
  EXPECT_THAT(second.effects, ElementsAre("b", "c"));
  EXPECT_EQ(second.outcome.exit_code, 0);
}

TEST_F(JournalResumptionTest, ExecutesWhatDependsOnAChange) {
  w.node("a", "deed", {{"name", "a"}, {"in", 1}})
      .node("b", "deed", {{"name", "b"}})
      .node("c", "deed", {{"name", "c"}});
  w.exec("a", "b").exec("b", "c").data("a.out", "b.in");
  run();
  w = WorkflowBuilder();
  w.node("a", "deed", {{"name", "a"}, {"in", 5}})
      .node("b", "deed", {{"name", "b"}})
      .node("c", "deed", {{"name", "c"}});
  w.exec("a", "b").exec("b", "c").data("a.out", "b.in");
  EXPECT_THAT(resume().effects, ElementsAre("a(5)", "b(6)"));
  // And now that counts.
  EXPECT_THAT(resume().effects, IsEmpty());
}

TEST_F(JournalResumptionTest, GoesOnInAnotherJournalThatIsWholeByItself) {
  w.node("a", "deed", {{"name", "a"}})
      .node("b", "slow_deed", {{"name", "b"}})
      .node("c", "deed", {{"name", "c"}});
  w.exec("a", "b").exec("b", "c");
  broken = {"c"};
  run();
  broken.clear();
  EXPECT_THAT(resume(folder_.file("other")).effects, ElementsAre("c"));
  std::filesystem::rename(folder_.file("other"), path());
  EXPECT_THAT(resume().effects, IsEmpty());
}

TEST_F(JournalResumptionTest, TakesHandledFailuresAfterAnInterruptionOnly) {
  w.node("a", "handled", {{"name", "a"}}).node("b", "deed", {{"name", "b"}}).exec("a.exec_fail", "b");
  const Ended first = run();
  const std::string whole = bytes();
  EXPECT_THAT(resume().effects, ElementsAre("a"));
  cut(whole, whole.size() - 30);  // without its end
  const Ended second = resume();
  EXPECT_THAT(second.effects, IsEmpty());
  EXPECT_EQ(second.trace, first.trace);
}

TEST_F(JournalResumptionTest, WhatItFiresIsTakenThoughItRunsAgain) {
  w.node("s", "steps").node("a", "deed", {{"name", "a"}}).exec("s", "a").data("s.out", "a.in");
  const Ended first = run();
  EXPECT_THAT(first.effects, ElementsAre("step1", "a(1)", "step2", "a(2)", "step3", "a(3)"));
  cut(bytes(), behind("end", 2));  // the second `a` has ended
  const Ended second = resume();
  EXPECT_THAT(second.effects, ElementsAre("step1", "step2", "step3", "a(3)"));
  EXPECT_EQ(second.trace, first.trace);
}

TEST_F(JournalResumptionTest, NothingIsDoneTwiceWhereverItWasCutOff) {
  w.node("loop", "For Each", {{"collection", Value::list({Value(1), Value(2), Value(3)})}});
  w.node("a", "slow_deed", {{"name", "a"}, {"delay", 2}}).node("b", "deed", {{"name", "b"}});
  w.node("end", "deed", {{"name", "end"}}).node("other", "slow_deed", {{"name", "other"}, {"delay", 3}});
  w.node("x", "deed", {{"name", "x"}}).node("s", "steps").node("t", "slow_deed", {{"name", "t"}});
  w.exec("loop.each_item", "a").exec("a", "b").exec("loop.exec_on_finished", "end").exec("other", "x");
  w.data("loop.current_item", "a.in").data("a.out", "b.in").exec("s", "t").data("s.out", "t.in");
  expect_nothing_done_twice();
}

TEST_F(JournalResumptionTest, AThirdAttemptGoesAsTheSecond) {
  const auto build = [this](int b, int k) {
    w = WorkflowBuilder();
    w.node("b", "slow_deed", {{"name", "b"}, {"delay", b}}).node("c", "slow_deed", {{"name", "c"}});
    w.node("k", "slow_deed", {{"name", "k"}, {"delay", k}}).node("d", "slow_deed", {{"name", "d"}});
    w.node("e", "deed", {{"name", "e"}}).node("f", "deed", {{"name", "f"}});
    w.exec("b", "c").exec("c", "e").exec("k", "d").exec("d", "f");
  };
  build(5, 1);
  run();
  build(1, 2);
  const Ended second = resume();
  EXPECT_THAT(second.effects, UnorderedElementsAre("b", "k"));
  const Ended third = resume();
  EXPECT_THAT(third.effects, IsEmpty());
  EXPECT_EQ(third.trace, second.trace);
  EXPECT_EQ(resume().trace, second.trace);
}

TEST_F(JournalResumptionTest, GoesOnOrRefusesWhereverItIsDamaged) {
  w.node("loop", "For Each", {{"collection", Value::list({Value(1), Value(2)})}});
  w.node("a", "slow_deed", {{"name", "a"}}).node("b", "deed", {{"name", "b"}});
  w.exec("loop.each_item", "a").exec("loop.exec_on_finished", "b").data("loop.current_item", "a.in");
  const Ended whole = run();
  const std::string journal = bytes();
  // Each of them is what scripts/resume_soak.py takes its time for.
  for (std::size_t at = 0; at < journal.size(); at += at < 40 ? 1 : 13) {
    cut(journal, at);
    const Ended rest = resume();
    ASSERT_THAT(rest.refused, IsEmpty()) << "cut at " << at;
    ASSERT_EQ(rest.trace, whole.trace) << "cut at " << at;
    std::string changed = journal;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    cut(changed, changed.size());
    const Ended other = resume();
    if (!other.refused.empty())
      ASSERT_THAT(other.refused.front(),
                  testing::AnyOf(testing::HasSubstr("offset"), testing::HasSubstr("version")));
    else
      ASSERT_EQ(other.trace, whole.trace) << "changed at " << at;
  }
}

TEST_F(JournalResumptionTest, NothingIsDoneTwiceInAMap) {
  w.node("map", "Parallel For Each",
         {{"items", Value::list({Value(3), Value(1), Value(2)})}, {"max_concurrency", 2}});
  w.node("a", "slow_deed", {{"name", "a"}}).node("b", "deed", {{"name", "b"}});
  w.node("end", "deed", {{"name", "end"}});
  w.exec("map.each_item", "a").exec("a", "b").exec("map.exec_on_finished", "end");
  w.data("map.current_item", "a.in").data("map.current_item", "a.delay").data("a.out", "b.in");
  expect_nothing_done_twice();
}

}  // namespace
}  // namespace vnode
