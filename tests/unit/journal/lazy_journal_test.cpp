// Rule 20 of journals: those of runs of which there may be many small ones.
#include "journal/lazy_journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/owned_fd.h"
#include "journal/journal_reader.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::RunHarness;
using test::ScratchFolder;
using test::WorkflowBuilder;

class LazyJournalTest : public testing::Test {
 protected:
  void run_with(const WorkflowBuilder& workflow, std::uint64_t most = ~std::uint64_t{0}) {
    LazyJournal journal(path_, most, clock_);
    RunHarness harness(workflow, {}, test::test_registry(), &journal);
    harness.run();
    exit_code = harness.outcome().exit_code;
    is_given_up = journal.is_given_up();
    descriptor = journal.descriptor();
  }
  bool is_there() const { return std::filesystem::exists(path_); }
  std::vector<std::string> kinds() const {
    std::vector<std::string> kinds;
    const OwnedFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    Result<JournalReader> reader = JournalReader::open(fd.get(), path_);
    while (reader) {
      const auto record = reader->next();
      if (!record || !*record) break;
      kinds.push_back((*record)->kind);
    }
    return kinds;
  }
  WorkflowBuilder writing() const {
    WorkflowBuilder workflow;
    workflow.node("a", "test_pass")
        .node("write", "file_write", {{"path", folder_.file("out")}, {"content", "hello"}})
        .exec("a", "write");
    return workflow;
  }

  const ScratchFolder folder_;
  const test::FakeClock clock_;
  const std::string path_ = folder_.file("run.journal");
  int exit_code = -1;
  bool is_given_up = false;
  int descriptor = -1;
};

TEST_F(LazyJournalTest, OfARunWithoutRecordedNodesIsNoFile) {
  WorkflowBuilder workflow;
  workflow.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  run_with(workflow);
  EXPECT_EQ(exit_code, 0);
  EXPECT_EQ(descriptor, -1);
  EXPECT_FALSE(is_there());
}

TEST_F(LazyJournalTest, IsMadeWithTheFirstRecordedNode) {
  run_with(writing());
  EXPECT_EQ(exit_code, 0);
  EXPECT_GE(descriptor, 0);
  const std::vector<std::string> all = kinds();
  ASSERT_GE(all.size(), 4u);
  EXPECT_EQ(all.front(), "journal");
  EXPECT_EQ(all[1], "begin");
  EXPECT_EQ(all.back(), "run_end");
}

TEST_F(LazyJournalTest, TakesThePlaceOfAnotherAttempts) {
  folder_.write("run.journal", "of an attempt that nobody goes on from");
  run_with(writing());
  EXPECT_EQ(exit_code, 0);
  EXPECT_EQ(kinds().front(), "journal");
}

TEST_F(LazyJournalTest, BeyondItsLimitIsNoneAndTheRunGoesOn) {
  run_with(writing(), 100);
  EXPECT_EQ(exit_code, 0);
  EXPECT_TRUE(is_given_up);
  EXPECT_FALSE(is_there());
}

TEST_F(LazyJournalTest, ThatCannotBeMadeEndsTheRun) {
  std::filesystem::create_directory(path_);
  run_with(writing());
  EXPECT_EQ(exit_code, 6);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("out"))) << "the node has done nothing";
}

}  // namespace
}  // namespace vnode
