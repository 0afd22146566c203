#include "daemon/run_event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

class RunEventsTest : public testing::Test {
 protected:
  std::shared_ptr<RunEventLog> open() {
    Result<EventFileEnd> end = inspect_event_file(path);
    EXPECT_TRUE(end.ok());
    return std::make_shared<RunEventLog>(path, "run-1", end ? std::move(*end) : EventFileEnd{},
                                         EventLimits{1024}, [this] { ++growth; });
  }
  std::string shown(RunEventLog& events) { return folder.read("e.ndjson").substr(0, events.visible()); }

  ScratchFolder folder;
  std::string path = folder.file("e.ndjson");
  int growth = 0;  ///< how often it was told
};

TEST_F(RunEventsTest, ShowWhatWasFlushed) {
  const auto events = open();
  EXPECT_EQ(events->visible(), 0U);
  events->on_event(started(1));
  EXPECT_EQ(events->visible(), 0U);
  EXPECT_EQ(growth, 0);
  events->flush();
  EXPECT_EQ(growth, 1);
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
  EXPECT_EQ(growth, 1);
  (void)events->visible();
  events->flush();  // nothing has grown
  EXPECT_EQ(growth, 1);
  events->on_event(said(3, "b"));
  events->flush();
  EXPECT_EQ(growth, 2);
}

TEST_F(RunEventsTest, HoldTheLastLineBackUntilItIsReleased) {
  const auto events = open();
  events->on_event(started(1));
  events->on_event(said(2, "almost done"));
  events->on_event(finished(3));
  events->flush();
  EXPECT_TRUE(events->has_end());
  EXPECT_THAT(folder.read("e.ndjson"), Not(HasSubstr("execution_finished")));
  events->append_end();
  EXPECT_FALSE(events->has_end());
  EXPECT_FALSE(events->error());
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
    events->on_event(started(1));
    events->on_event(finished(2, RunStatus::kFailed));
    events->flush();
    events->drop_end();
    EXPECT_FALSE(events->error());
    EXPECT_EQ(events->last_seq(), 1U);
    EXPECT_EQ(events->visible(), events->size());
  }
  const auto events = open();
  EXPECT_EQ(events->last_seq(), 1U);
  const std::uint64_t before = events->visible();
  EXPECT_GT(before, 0U);
  events->on_event(started(2, 2));
  events->on_event(finished(3));
  events->append_end();
  events->release();
  const std::string text = shown(*events);
  EXPECT_EQ(text.find("execution_finished"), text.rfind("execution_finished"));
  EXPECT_NE(text.find("execution_started"), text.rfind("execution_started"));
  EXPECT_EQ(events->last_seq(), 3U);
}

TEST_F(RunEventsTest, TakeAnotherEndInPlaceOfTheOneThatWasHandedOver) {
  const auto events = open();
  events->on_event(started(1));
  events->on_event(finished(2, RunStatus::kInterrupted));
  EXPECT_EQ(events->last_seq(), 1U);
  events->on_event(finished(2, RunStatus::kCancelled));
  events->append_end();
  events->append_end();
  events->release();
  const std::string text = shown(*events);
  EXPECT_THAT(text, HasSubstr("cancelled"));
  EXPECT_THAT(text, Not(HasSubstr("interrupted")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST_F(RunEventsTest, HoldAnEndThatStandsAlone) {
  const auto events = open();
  events->hold_all();
  events->on_event(started(1));
  events->on_event(finished(2));
  events->append_end();
  EXPECT_EQ(events->visible(), 0U);
  events->release();
  EXPECT_EQ(events->visible(), folder.read("e.ndjson").size());
}

TEST_F(RunEventsTest, ShortenValuesThatAreTooLarge) {
  const auto events = open();
  const std::string text(100'000, 'x');
  const std::array output = {PortValue{"out", Value(text)}};
  events->on_event(started(1));
  events->on_event(event(2, NodeOutput{output}));
  events->flush();
  EXPECT_LT(events->size(), 10'000U);
}

TEST_F(RunEventsTest, BeyondTheirLimitAreCountedAndTheLastIsKept) {
  RunEventLog events(path, "run-1", {}, EventLimits{.file_bytes = 2000}, [] {});
  events.on_event(started(1));
  for (std::uint64_t seq = 2; seq <= 1000; ++seq) events.on_event(said(seq, "text"));
  events.on_event(finished(1001));
  events.append_end();
  events.release();
  EXPECT_FALSE(events.error());
  const std::string text = folder.read("e.ndjson");
  EXPECT_LT(text.size(), 3000U);
  EXPECT_GT(events.beyond_limit(), 900U);
  EXPECT_THAT(text, HasSubstr("\"to\":1000}"));
  EXPECT_THAT(text, HasSubstr("execution_finished"));
  EXPECT_EQ(events.last_seq(), 1001U);
}

TEST_F(RunEventsTest, GoOnBehindAnAttemptWhoseFileIsGone) {
  {
    const auto events = open();
    for (std::uint64_t seq = 1; seq <= 5; ++seq) events->on_event(said(seq, "text"));
    events->drop_end();
  }
  std::filesystem::remove(path);
  const auto events = open();
  events->go_on_behind(5);
  EXPECT_EQ(events->last_seq(), 5U);
  events->on_event(started(6, 2));
  events->flush();
  const std::string text = shown(*events);
  EXPECT_THAT(text, HasSubstr("\"from\":1,\"to\":5}"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  events->go_on_behind(3);
  EXPECT_EQ(events->last_seq(), 6U);
}

TEST_F(RunEventsTest, SayWhyTheyAreLost) {
  folder.write("file", "in the way of the folder");
  RunEventLog events(folder.file("file/e.ndjson"), "run-1", {}, EventLimits{1024}, [] {});
  events.on_event(started(1));
  events.on_event(finished(2));
  events.append_end();
  EXPECT_TRUE(events.error());
  EXPECT_EQ(events.visible(), 0U);
}

TEST_F(RunEventsTest, AreWrittenAfterAllWhenTheyAreReleased) {
  folder.write("file", "in the way of the folder");
  RunEventLog events(folder.file("file/e.ndjson"), "run-1", {}, EventLimits{1024}, [] {});
  events.on_event(started(1));
  events.on_event(finished(2));
  events.append_end();
  EXPECT_TRUE(events.error());
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
  RunEventLog events(folder.file("file/e.ndjson"), "run-1", {}, EventLimits{1024}, [] {});
  events.on_event(started(1));
  events.on_event(finished(2));
  events.flush();
  events.drop_end();
  std::filesystem::remove(folder.file("file"));
  events.release();
  EXPECT_FALSE(std::filesystem::exists(folder.file("file")));
}

}  // namespace
}  // namespace vnode::test
