// Rule 21 of journals: executions that are equal to one in a cache.
#include "journal/cache_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "journal/journal_resumption.h"
#include "node/node_type.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::RunHarness;
using test::ScratchFolder;
using test::WorkflowBuilder;
using testing::ElementsAre;
using testing::IsEmpty;

/// What nodes have really done, by the names that they were given.
std::vector<std::string> done_for_real;

Task<Outputs> run_kept(NodeContext& node) {
  const std::string name(node.input("name").as_text());
  if (name == "broken") throw NodeFailure("it is broken", "broken");
  done_for_real.push_back(name);
  const Value out(std::string("out of ") + name);
  node.log_info("made " + name);
  node.variables().set(Value("last"), Value(name));
  co_await node.set_output("out", out);
  co_await node.fire("exec_out");
  co_return Outputs{{"out", out}};
}

/// Its work is a file, which says the size of the one that it reads.
Task<Outputs> run_rendered(NodeContext& node) {
  const std::string path(node.input("path").as_text());
  std::error_code none;
  const auto size = std::filesystem::file_size(std::string(node.input("source").as_text()), none);
  done_for_real.push_back("rendered");
  std::ofstream(path) << "a picture of " << (none ? 0 : size);
  co_await node.set_output("picture", path);
  co_await node.fire("exec_out");
  co_return Outputs{{"picture", path}};
}

const Registry& cached_registry() {
  static const Registry kRegistry = [] {
    Registry registry = test::test_registry();
    NodeLibrary library;
    library.add(
        {.definition = {.node_id = "kept", .inputs = {{"name"}}, .outputs = {{"out"}}, .is_cached = true},
         .touches_world = true,
         .execute = run_kept});
    library.add({.definition = {.node_id = "not_kept", .inputs = {{"name"}}, .outputs = {{"out"}}},
                 .touches_world = true,
                 .execute = run_kept});
    library.add({.definition = {.node_id = "rendered",
                                .inputs = {{"path", "string"}, {"source", "path"}},
                                .outputs = {{"picture", "path"}},
                                .is_cached = true},
                 .touches_world = true,
                 .execute = run_rendered});
    registry.add_library(library);
    return registry;
  }();
  return kRegistry;
}

class CacheLayerTest : public testing::Test {
 protected:
  struct Ended {
    int exit_code = -1;
    std::vector<std::string> done;
    std::vector<std::string> trace;
    std::size_t cached = 0;
  };

  Ended run(const WorkflowBuilder& workflow, Recorder* journal = nullptr, Resumption* resumption = nullptr,
            RunOptions options = {}) {
    done_for_real.clear();
    const auto folder = CacheFolder::open(cache_, std::uint64_t{1} << 30);
    EXPECT_TRUE(folder) << folder.error().message;
    CacheLayer layer({.folder = **folder,
                      .clock = clock_,
                      .journal = journal,
                      .resumption = resumption,
                      .directory = directory});
    RunHarness harness(workflow, std::move(options), cached_registry(), &layer, &layer);
    harness.run();
    return {harness.outcome().exit_code, done_for_real, harness.trace(), harness.sink().cached};
  }
  static WorkflowBuilder kept(const std::string& name, const std::string& type = "kept") {
    WorkflowBuilder workflow;
    workflow.node("before", "test_pass").node("k", type, {{"name", name}}).node("after", "test_pass");
    workflow.exec("before", "k").exec("k", "after").data("k.out", "after.in");
    return workflow;
  }
  WorkflowBuilder rendered() const {
    WorkflowBuilder workflow;
    workflow.node("r", "rendered", {{"path", picture()}, {"source", source()}}).node("b", "test_pass");
    workflow.exec("r", "b");
    return workflow;
  }
  std::string picture() const { return folder_.file("picture.png"); }
  std::string source() const { return folder_.file("scene.txt"); }

  const ScratchFolder folder_;
  const test::FakeClock clock_;
  const std::string cache_ = folder_.file("cache");
  std::string directory = folder_.path();
};

TEST_F(CacheLayerTest, AnEqualExecutionIsNotRepeated) {
  const Ended first = run(kept("a"));
  EXPECT_THAT(first.done, ElementsAre("a"));
  EXPECT_EQ(first.cached, 0u);
  const Ended second = run(kept("a"));
  EXPECT_THAT(second.done, IsEmpty());
  EXPECT_EQ(second.cached, 1u);
  EXPECT_EQ(second.trace, first.trace) << "what it has pushed, set and logged is as it was";
  EXPECT_THAT(run(kept("b")).done, ElementsAre("b"));
}

TEST_F(CacheLayerTest, ItIsThatOfAnyWorkflow) {
  run(kept("a"));
  WorkflowBuilder other;
  other.node("first", "kept", {{"name", "a"}})
      .node("second", "kept", {{"name", "a"}})
      .exec("first", "second");
  const Ended ended = run(other);
  EXPECT_THAT(ended.done, IsEmpty());
  EXPECT_EQ(ended.cached, 2u);
}

TEST_F(CacheLayerTest, OnlyNodesThatSaySoAreInIt) {
  run(kept("a", "not_kept"));
  EXPECT_THAT(run(kept("a", "not_kept")).done, ElementsAre("a"));
  EXPECT_EQ(CacheFolder::open(cache_, 1000).value()->use().records, 0u);
}

TEST_F(CacheLayerTest, WhatHasFailedIsDoneAgain) {
  EXPECT_EQ(run(kept("broken")).exit_code, 1);
  EXPECT_EQ(CacheFolder::open(cache_, 1000).value()->use().records, 0u);
}

TEST_F(CacheLayerTest, FilesAreCheckedAndNotKept) {
  std::ofstream(source()) << "scene";
  EXPECT_THAT(run(rendered()).done, ElementsAre("rendered"));
  EXPECT_THAT(run(rendered()).done, IsEmpty());
  std::ofstream(picture()) << "something else";
  EXPECT_THAT(run(rendered()).done, ElementsAre("rendered")) << "its work is not as it was";
  EXPECT_EQ(folder_.read("picture.png"), "a picture of 5");
  std::filesystem::remove(picture());
  EXPECT_THAT(run(rendered()).done, ElementsAre("rendered")) << "its work is gone";
  EXPECT_THAT(run(rendered()).done, IsEmpty());
  std::ofstream(source()) << "another scene";
  EXPECT_THAT(run(rendered()).done, ElementsAre("rendered")) << "what it reads has changed";
  EXPECT_THAT(run(rendered()).done, IsEmpty());
  directory = "/";
  EXPECT_THAT(run(rendered()).done, ElementsAre("rendered")) << "its paths may mean other files there";
}

TEST_F(CacheLayerTest, SecretsAreNeverInIt) {
  RunOptions options;
  options.environment.secrets = {{"TOKEN", "hunter2hunter2"}};
  run(kept("hunter2hunter2"), nullptr, nullptr, options);
  EXPECT_EQ(CacheFolder::open(cache_, 1000).value()->use().records, 0u);
}

TEST_F(CacheLayerTest, WhatIsDamagedIsAsIfItWereNotThere) {
  const Ended first = run(kept("a"));
  std::size_t taken = 0;
  const auto folder = CacheFolder::open(cache_, 1 << 20).value();
  const std::string key = folder->keys().at(0);
  const std::string file = cache_ + "/" + key.substr(0, 2) + "/" + key + ".record";
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    // Behind its last firing all is there that counts.
    const Ended ended = run(kept("a"));
    ASSERT_EQ(ended.cached + ended.done.size(), 1u) << size;
    ASSERT_EQ(ended.trace, first.trace) << size;
    taken += ended.cached;
  }
  EXPECT_LT(taken, whole.size() / 7 / 4);
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x20);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << flipped;
    ASSERT_THAT(run(kept("a")).done, ElementsAre("a")) << at;
  }
  EXPECT_THAT(run(kept("a")).done, IsEmpty());
}

TEST_F(CacheLayerTest, ItStandsInTheRunsJournalToo) {
  run(kept("a"));
  const std::string path = folder_.file("run.journal");
  std::vector<std::string> trace;
  {
    const auto file = JournalFile::create(path).value();
    JournalRecorder recorder(*file, clock_);
    const Ended ended = run(kept("a"), &recorder);
    EXPECT_EQ(ended.cached, 1u);
    trace = ended.trace;
  }
  std::filesystem::remove_all(cache_);
  const auto file = JournalFile::open(path, {}).value();
  auto index = JournalIndex::read(file->descriptor(), path).value();
  ASSERT_TRUE(file->go_on(index.end()));
  JournalRecorder recorder(*file, clock_);
  recorder.go_on(index.executions().size(), index.last_value());
  const auto resumption =
      JournalResumption::open(file->descriptor(), path, std::move(index), recorder, {}).value();
  const Ended again = run(kept("a"), &recorder, resumption.get());
  EXPECT_THAT(again.done, IsEmpty());
  EXPECT_EQ(again.cached, 0u) << "the run's own journal comes first";
  EXPECT_EQ(again.trace, trace);
}

}  // namespace
}  // namespace vnode
