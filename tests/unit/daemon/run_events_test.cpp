#include "daemon/run_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;
using testing::Not;

Event event(std::uint64_t seq, EventBody body) {
  return {seq, WallTime(std::chrono::hours(1)), "run-1", std::nullopt, std::move(body)};
}

Event started(std::uint64_t seq, int attempt = 1) {
  return event(seq, ExecutionStarted{.name = "w", .attempt = attempt});
}

Event said(std::uint64_t seq, std::string_view text) { return event(seq, NodeLog{LogLevel::kInfo, text}); }

Event finished(std::uint64_t seq, RunStatus status = RunStatus::kCompleted) {
  return event(seq, ExecutionFinished{.status = status});
}

/// Counts how often growth was told, on whatever thread.
class Growth {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  bool wait_for(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

class RunEventsTest : public testing::Test {
 protected:
  std::shared_ptr<RunEvents> open() {
    Result<EventFileEnd> end = inspect_event_file(path);
    EXPECT_TRUE(end.ok());
    return std::make_shared<RunEvents>(path, "run-1", end ? std::move(*end) : EventFileEnd{}, 1024,
                                       [this] { growth.add(); });
  }
  std::string shown(RunEvents& events) { return folder.read("e.ndjson").substr(0, events.visible()); }

  ScratchFolder folder;
  std::string path = folder.file("e.ndjson");
  Growth growth;
};

TEST_F(RunEventsTest, ShowWhatWasFlushed) {
  const auto events = open();
  EXPECT_EQ(events->visible(), 0U);
  events->on_event(started(1));
  EXPECT_EQ(events->visible(), 0U);
  EXPECT_EQ(growth.count(), 0);
  events->flush();
  EXPECT_EQ(growth.count(), 1);
  EXPECT_THAT(shown(*events), HasSubstr("execution_started"));
  EXPECT_EQ(events->visible(), events->size());
  EXPECT_EQ(events->last_seq(), 1U);
  EXPECT_FALSE(events->error());
  EXPECT_EQ(events->path(), path);
}

TEST_F(RunEventsTest, TellGrowthOnceUntilSomebodyLooks) {
  const auto events = open();
  events->on_event(started(1));
  events->flush();
  events->on_event(said(2, "a"));
  events->flush();
  events->flush();
  EXPECT_EQ(growth.count(), 1);
  (void)events->visible();
  events->flush();  // nothing has grown
  EXPECT_EQ(growth.count(), 1);
  events->on_event(said(3, "b"));
  events->flush();
  EXPECT_EQ(growth.count(), 2);
}

TEST_F(RunEventsTest, HoldTheLastLineBackUntilItIsReleased) {
  const auto events = open();
  events->on_event(started(1));
  events->on_event(said(2, "almost done"));
  events->on_event(finished(3));
  ASSERT_TRUE(events->close().ok());
  EXPECT_THAT(shown(*events), HasSubstr("almost done"));
  EXPECT_THAT(shown(*events), Not(HasSubstr("execution_finished")));
  EXPECT_LT(events->visible(), events->size());
  EXPECT_THAT(folder.read("e.ndjson"), HasSubstr("execution_finished"));
  events->release();
  EXPECT_EQ(events->visible(), events->size());
  EXPECT_THAT(shown(*events), HasSubstr("execution_finished"));
}

TEST_F(RunEventsTest, LeaveOutTheEndOfAnAttemptThatIsFollowed) {
  {
    const auto events = open();
    events->keep_open([](const ExecutionFinished& end) { return end.status == RunStatus::kFailed; });
    events->on_event(started(1));
    events->on_event(finished(2, RunStatus::kFailed));
    ASSERT_TRUE(events->close().ok());
    EXPECT_EQ(events->last_seq(), 1U);
    EXPECT_EQ(events->visible(), events->size());
  }
  const auto events = open();
  EXPECT_EQ(events->last_seq(), 1U);
  const std::uint64_t before = events->visible();
  EXPECT_GT(before, 0U);
  events->on_event(started(2, 2));
  events->on_event(finished(3));
  ASSERT_TRUE(events->close().ok());
  events->release();
  const std::string text = shown(*events);
  EXPECT_EQ(text.find("execution_finished"), text.rfind("execution_finished"));
  EXPECT_NE(text.find("execution_started"), text.rfind("execution_started"));
  EXPECT_EQ(events->last_seq(), 3U);
}

TEST_F(RunEventsTest, ShortenValuesThatAreTooLarge) {
  const auto events = open();
  const std::string text(100'000, 'x');
  const std::array output = {PortValue{"out", Value(text)}};
  events->on_event(started(1));
  events->on_event(event(2, NodeOutput{output}));
  ASSERT_TRUE(events->close().ok());
  EXPECT_LT(events->size(), 10'000U);
}

TEST_F(RunEventsTest, FlushLaterByThemselves) {
  DelayedFlush flusher;
  const auto events = open();
  events->set_flusher(&flusher, events);
  events->on_event(started(1));
  ASSERT_TRUE(growth.wait_for(1));
  EXPECT_THAT(shown(*events), HasSubstr("execution_started"));
  events->on_event(said(2, "later"));
  ASSERT_TRUE(growth.wait_for(2));
  EXPECT_THAT(shown(*events), HasSubstr("later"));
}

TEST_F(RunEventsTest, NeedNotWaitForTheFlusher) {
  std::weak_ptr<RunEvents> gone;
  {
    DelayedFlush flusher;
    const auto events = open();
    gone = events;
    events->set_flusher(&flusher, events);
    for (std::uint64_t seq = 1; seq <= 1000; ++seq) events->on_event(said(seq, "text"));
    ASSERT_TRUE(events->close().ok());
    EXPECT_EQ(events->visible(), events->size());
  }
  EXPECT_TRUE(gone.expired());
}

TEST_F(RunEventsTest, AreFlushedForManyRunsInTurn) {
  DelayedFlush flusher;
  std::vector<std::shared_ptr<RunEvents>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_shared<RunEvents>(folder.file(std::to_string(i)), "run", EventFileEnd{}, 1024,
                                              [this] { growth.add(); }));
    all.back()->set_flusher(&flusher, all.back());
    all.back()->on_event(started(1));
  }
  EXPECT_TRUE(growth.wait_for(20));
  for (const auto& events : all) EXPECT_GT(events->visible(), 0U);
}

TEST_F(RunEventsTest, SayWhyTheyAreLost) {
  folder.write("file", "in the way of the folder");
  RunEvents events(folder.file("file/e.ndjson"), "run-1", {}, 1024, [] {});
  events.on_event(started(1));
  events.on_event(finished(2));
  const Result<void> closed = events.close();
  EXPECT_FALSE(closed.ok());
  EXPECT_TRUE(events.error());
  EXPECT_EQ(events.visible(), 0U);
}

TEST_F(RunEventsTest, AreWrittenAfterAllWhenTheyAreReleased) {
  folder.write("file", "in the way of the folder");
  RunEvents events(folder.file("file/e.ndjson"), "run-1", {}, 1024, [] {});
  events.on_event(started(1));
  events.on_event(finished(2));
  EXPECT_FALSE(events.close());
  std::filesystem::remove(folder.file("file"));
  events.flush();
  EXPECT_FALSE(std::filesystem::exists(folder.file("file"))) << "the next attempt may be writing there";
  events.release();
  EXPECT_FALSE(events.error());
  const std::string text = folder.read("file/e.ndjson");
  EXPECT_EQ(events.visible(), text.size());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST_F(RunEventsTest, OfAnAttemptThatIsFollowedAreLostWithIt) {
  folder.write("file", "in the way of the folder");
  RunEvents events(folder.file("file/e.ndjson"), "run-1", {}, 1024, [] {});
  events.keep_open([](const ExecutionFinished&) { return true; });
  events.on_event(started(1));
  events.on_event(finished(2));
  EXPECT_FALSE(events.close());
  std::filesystem::remove(folder.file("file"));
  events.release();
  EXPECT_FALSE(std::filesystem::exists(folder.file("file")));
}

}  // namespace
}  // namespace vnode::test
