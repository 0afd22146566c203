// What stands in the journal of a run: format.md, "Kinds of records".
#include "journal/journal_recorder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/owned_fd.h"
#include "journal/journal_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::RunHarness;
using test::ScratchFolder;
using test::WorkflowBuilder;

class JournalRecorderTest : public testing::Test {
 protected:
  void run(RunOptions options = {}) {
    {
      const auto file = JournalFile::create(path()).value();
      JournalRecorder recorder(*file, clock_);
      RunHarness harness(w, std::move(options), test::test_registry(), &recorder);
      harness.run();
      exit_code = harness.outcome().exit_code;
    }
    const OwnedFd fd(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    Result<JournalReader> reader = JournalReader::open(fd.get(), path());
    ASSERT_TRUE(reader) << reader.error().message;
    for (;;) {
      auto record = reader->next();
      ASSERT_TRUE(record) << record.error().message;
      if (!*record) break;
      records.push_back(std::move(**record));
    }
    EXPECT_EQ(reader->records().how_it_ends(), RecordsEnd::kWhole);
  }
  std::string path() const { return folder_.file("run.journal"); }
  std::vector<std::string> kinds() const {
    std::vector<std::string> kinds;
    for (const JournalRecord& record : records) kinds.push_back(record.kind);
    return kinds;
  }
  const JournalRecord& first(std::string_view kind) const {
    for (const JournalRecord& record : records) {
      if (record.kind == kind) return record;
    }
    throw std::runtime_error("no such record: " + std::string(kind));
  }
  static std::string text(const Value& value) { return to_text(value); }

  const ScratchFolder folder_;
  const test::FakeClock clock_;
  WorkflowBuilder w;
  std::vector<JournalRecord> records;
  int exit_code = -1;
};

TEST_F(JournalRecorderTest, BeginsWithTheRunAndEndsWithItsEnd) {
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  run({.run_id = "the-run", .seed = 9});
  EXPECT_EQ(kinds(), (std::vector<std::string>{"journal", "run_end"}));
  EXPECT_EQ(text(records[0].field("run_id")), "the-run");
  EXPECT_EQ(records[0].field("seed").as_int(), 9);
  EXPECT_EQ(records[0].field("workflow").as_text().size(), 32u);
  EXPECT_TRUE(records[0].field("definitions").as_dict().find("test_pass"));
  EXPECT_TRUE(records[1].field("stopped").is_none());
}

TEST_F(JournalRecorderTest, HasTheExecutionsOfRecordedNodes) {
  const std::string file = folder_.file("out.txt");
  w.node("write", "file_write", {{"path", file}, {"content", "hello"}})
      .node("b", "test_pass")
      .exec("write", "b");
  run();
  EXPECT_EQ(exit_code, 0);
  EXPECT_EQ(kinds(),
            (std::vector<std::string>{"journal", "begin", "push", "last", "push", "end", "run_end"}));
  const JournalRecord& begin = first("begin");
  EXPECT_EQ(begin.field("execution").as_int(), 1);
  EXPECT_EQ(text(begin.field("type")), "file_write");
  EXPECT_EQ(text(begin.field("node")), w.id("write").text());
  EXPECT_EQ(text(begin.field("reason")), "start");
  EXPECT_TRUE(begin.field("cause").is_none());
  EXPECT_EQ(begin.field("inputs").as_dict().find("path")->as_text().size(), 32u);
  EXPECT_FALSE(begin.field("inputs").as_dict().find("result"));
  EXPECT_EQ(text(begin.field("definition")),
            text(*records[0].field("definitions").as_dict().find("file_write")));
  EXPECT_TRUE(begin.field("stateful").is_none());
  const Value work = first("last").field("files").as_list()[0];
  EXPECT_EQ(text(*work.as_dict().find("path")), file);
  EXPECT_EQ(work.as_dict().find("size")->as_int(), 5);
  EXPECT_GT(work.as_dict().find("mtime")->as_int(), 0);
  const JournalRecord& end = first("end");
  EXPECT_EQ(text(end.field("status")), "success");
  EXPECT_TRUE(end.field("outputs").as_dict().find("result")->as_bool());
}

TEST_F(JournalRecorderTest, MarksWhatIsStateful) {
  w.node("wait", "delay_timer", {{"delay", 0.0}}).init_priority("wait", 1);
  run();
  EXPECT_TRUE(first("begin").field("stateful").as_bool());
}

TEST_F(JournalRecorderTest, HasTheFailureOfAnExecution) {
  w.node("wait", "delay_timer", {{"delay", "soon"}}).node("b", "test_pass").exec("wait", "b");
  run();
  const JournalRecord& end = first("end");
  EXPECT_EQ(text(end.field("status")), "failed");
  EXPECT_FALSE(text(end.field("message")).empty());
  EXPECT_EQ(text(end.field("code")), "node_failed");
}

TEST_F(JournalRecorderTest, HasNoSecrets) {
  RunOptions options;
  options.environment.secrets = {{"TOKEN", "very-secret"}};
  w.node("write", "file_write", {{"path", folder_.file("very-secret")}, {"content", "x"}});
  w.node("b", "test_pass").exec("write", "b");
  run(std::move(options));
  EXPECT_EQ(folder_.read("run.journal").find("very-secret"), std::string::npos);
  EXPECT_TRUE(first("begin").field("masked").as_bool());
}

TEST_F(JournalRecorderTest, TellsWhenARunWasStopped) {
  w.node("wait", "delay_timer", {{"delay", 60.0}}).node("b", "test_pass").exec("wait", "b");
  run({.timeout = std::chrono::seconds(1)});
  EXPECT_TRUE(first("run_end").field("stopped").as_bool());
  EXPECT_EQ(text(first("end").field("status")), "cancelled");
}

}  // namespace
}  // namespace vnode
