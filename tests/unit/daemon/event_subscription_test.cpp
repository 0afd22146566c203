#include "daemon/event_subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "model/json_reader.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EventSubscriptions : public testing::Test {
 protected:
  EventSubscriptions() {
    live.events = std::make_shared<RunEventLog>(path, "run-1", EventFileEnd{}, EventLimits{1024}, [] {});
  }
  void say(std::uint64_t seq, const std::string& text = "text") {
    live.events->on_event(
        {seq, WallTime(std::chrono::hours(1)), "run-1", std::nullopt, NodeLog{LogLevel::kInfo, text}});
    live.events->flush();
  }
  void finish(std::uint64_t seq) {
    live.events->on_event({seq, WallTime(std::chrono::hours(1)), "run-1", std::nullopt, ExecutionFinished{}});
    live.events->append_end();
  }
  /// What a subscription says now: "1", "2" for events, "end STATUS".
  static std::vector<std::string> pump(EventSubscription& subscription, const LiveRun* run,
                                       std::size_t most = 64 * 1024) {
    std::vector<std::string> told;
    std::string out;
    while (subscription.pump(run, most, out)) ++blocks;
    for (std::size_t at_ = 0; at_ < out.size();) {
      const std::size_t end = out.find('\n', at_);
      const Result<Value> note = parse_json(std::string_view(out).substr(at_, end - at_));
      at_ = end + 1;
      if (!note) return {"no JSON: " + out};
      EXPECT_EQ(at(*note, "params/subscription"), "5");
      if (at(*note, "method") != "run.event") {
        told.push_back("end " + at(*note, "params/status"));
      } else if (at(*note, "params/event/type") == "stream_gap") {
        told.push_back("gap " + at(*note, "params/event/from") + " to " + at(*note, "params/event/to"));
      } else {
        told.push_back(at(*note, "params/event/seq"));
      }
    }
    return told;
  }
  EventSubscription subscription(std::uint64_t since = 0, bool follows = true) {
    return EventSubscription(5, "run-1", path, since, follows);
  }

  ScratchFolder folder;
  std::string path = folder.file("e.ndjson");
  LiveRun live;
  static inline int blocks = 0;
};

TEST_F(EventSubscriptions, BeginWithWhatIsThereAndGoOn) {
  say(1);
  say(2);
  EventSubscription all = subscription();
  EXPECT_THAT(pump(all, &live), ElementsAre("1", "2"));
  EXPECT_THAT(pump(all, &live), IsEmpty());
  say(3);
  EXPECT_THAT(pump(all, &live), ElementsAre("3"));
  EXPECT_FALSE(all.is_over());
}

TEST_F(EventSubscriptions, BeginBehindAnEvent) {
  for (std::uint64_t seq = 1; seq <= 20; ++seq) say(seq);
  EventSubscription rest = subscription(17);
  EXPECT_THAT(pump(rest, &live), ElementsAre("18", "19", "20"));
  EventSubscription future = subscription(21);
  EXPECT_THAT(pump(future, &live), IsEmpty());
  say(21);
  EXPECT_THAT(pump(future, &live), IsEmpty());
  say(22);
  EXPECT_THAT(pump(future, &live), ElementsAre("22"));
}

TEST_F(EventSubscriptions, EndWithTheRun) {
  say(1);
  EventSubscription all = subscription();
  finish(2);
  EXPECT_THAT(pump(all, &live), ElementsAre("1"));
  live.events->release();
  all.set_ended(RunStatus::kCompleted);
  EXPECT_THAT(pump(all, nullptr), ElementsAre("2", "end completed"));
  EXPECT_TRUE(all.is_over());
  EXPECT_THAT(pump(all, nullptr), IsEmpty());
}

TEST_F(EventSubscriptions, EndAtOnceWhenTheyDoNotFollow) {
  say(1);
  EventSubscription now = subscription(0, false);
  EXPECT_THAT(pump(now, &live), ElementsAre("1", "end null"));
  EXPECT_TRUE(now.is_over());
}

TEST_F(EventSubscriptions, WaitForARunThatHasNoEventsYet) {
  const LiveRun pending;
  EventSubscription all = subscription();
  EXPECT_THAT(pump(all, &pending), IsEmpty());
  say(1);
  EXPECT_THAT(pump(all, &live), ElementsAre("1"));
}

TEST_F(EventSubscriptions, EndWithAGapWhenTheFileIsGone) {
  std::filesystem::remove(path);
  EventSubscription all = subscription();
  all.set_ended(RunStatus::kCompleted);
  EXPECT_THAT(pump(all, nullptr), ElementsAre("gap 1 to 1", "end completed"));
  EventSubscription rest = subscription(7);
  rest.set_ended(RunStatus::kCompleted);
  EXPECT_THAT(pump(rest, nullptr), ElementsAre("gap 8 to 8", "end completed"));
}

TEST_F(EventSubscriptions, MissNothingBehindTheLastEvent) {
  say(1);
  finish(2);
  live.events->release();
  for (const std::uint64_t since : {2U, 3U, 100U}) {
    EventSubscription rest = subscription(since);
    rest.set_ended(RunStatus::kCompleted);
    EXPECT_THAT(pump(rest, nullptr), ElementsAre("end completed")) << since;
  }
}

TEST_F(EventSubscriptions, TellAGapInPlaceOfWhatIsDamaged) {
  for (std::uint64_t seq = 1; seq <= 5; ++seq) say(seq);
  finish(6);
  live.events->release();
  const std::string whole = folder.read("e.ndjson");
  const auto told = [&](const std::string& text, std::uint64_t since = 0) {
    folder.write("e.ndjson", text);
    EventSubscription all = subscription(since);
    all.set_ended(RunStatus::kCompleted);
    return pump(all, nullptr);
  };
  const std::size_t second = whole.find('\n') + 1;
  const std::size_t third = whole.find('\n', second) + 1;
  std::string damaged = whole;
  for (const char junk : {'\0', '\xff', 'x'}) {
    damaged.replace(second, third - second - 1, third - second - 1, junk);
    EXPECT_THAT(told(damaged), ElementsAre("1", "gap 2 to 2", "3", "4", "5", "6", "end completed"));
    EXPECT_THAT(told(damaged, 1), ElementsAre("gap 2 to 2", "3", "4", "5", "6", "end completed"));
    EXPECT_THAT(told(damaged, 3), ElementsAre("4", "5", "6", "end completed"));
  }
  EXPECT_THAT(told(std::string(whole).erase(second - 1, 1)),
              ElementsAre("1", "2", "3", "4", "5", "6", "end completed"))
      << "a newline is lost";
  EXPECT_THAT(told(whole.substr(0, whole.size() - 1)),
              ElementsAre("1", "2", "3", "4", "5", "6", "end completed"))
      << "the last newline is lost";
  EXPECT_THAT(told(whole.substr(0, third + 10)), ElementsAre("1", "2", "gap 3 to 3", "end completed"));
  EXPECT_THAT(told(""), ElementsAre("gap 1 to 1", "end completed"));
}

TEST_F(EventSubscriptions, TellAGapForAnEventWhoseNumberWasAltered) {
  for (std::uint64_t seq = 1; seq <= 5; ++seq) say(seq);
  finish(6);
  live.events->release();
  const std::string whole = folder.read("e.ndjson");
  for (const std::string seq : {"1", "2", "4", "70", "5000000000"}) {
    std::string altered = whole;
    altered.replace(altered.find("\"seq\":3,"), 8, "\"seq\":" + seq + ",");
    folder.write("e.ndjson", altered);
    for (std::uint64_t since = 0; since < 6; ++since) {
      std::vector<std::string> expected = {"1", "2", "gap 3 to 3", "4", "5", "6", "end completed"};
      expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(since));
      EventSubscription all = subscription(since);
      all.set_ended(RunStatus::kCompleted);
      EXPECT_EQ(pump(all, nullptr), expected) << seq << " since " << since;
    }
  }
}

TEST_F(EventSubscriptions, GoOnInALiveFileThatSomebodyEmptiesOrRemoves) {
  say(1);
  EventSubscription all = subscription();
  EXPECT_THAT(pump(all, &live), ElementsAre("1"));
  say(2);
  std::filesystem::resize_file(path, 0);
  EXPECT_THAT(pump(all, &live), IsEmpty());
  say(3);
  EXPECT_THAT(pump(all, &live), ElementsAre("gap 2 to 2", "3"));
  say(4);
  std::filesystem::remove(path);
  say(5);
  EventSubscription late = subscription();
  EXPECT_THAT(pump(late, &live), ElementsAre("gap 1 to 4", "5"));
  EXPECT_EQ(pump(all, &live).back(), "5");
}

TEST_F(EventSubscriptions, DoNotWaitForAPipeInPlaceOfTheFile) {
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EventSubscription all = subscription();
  all.set_ended(RunStatus::kCompleted);
  EXPECT_THAT(pump(all, nullptr), ElementsAre("gap 1 to 1", "end completed"));
}

TEST_F(EventSubscriptions, GoOnWithTheNextAttempt) {
  say(1);
  EventSubscription all = subscription();
  EXPECT_THAT(pump(all, &live), ElementsAre("1"));
  ASSERT_TRUE(live.events->close().ok());
  const LiveRun pending;
  EXPECT_THAT(pump(all, &pending), IsEmpty());
  Result<EventFileEnd> end = inspect_event_file(path);
  ASSERT_TRUE(end.ok());
  live.events = std::make_shared<RunEventLog>(path, "run-1", std::move(*end), EventLimits{1024}, [] {});
  say(2);
  EXPECT_THAT(pump(all, &live), ElementsAre("2"));
}

TEST_F(EventSubscriptions, AreToldInBlocks) {
  for (std::uint64_t seq = 1; seq <= 50; ++seq) say(seq, std::string(1000, 'x'));
  EventSubscription all = subscription();
  std::string out;
  ASSERT_TRUE(all.pump(&live, 10'000, out));
  EXPECT_GE(out.size(), 5'000U);
  EXPECT_LT(out.size(), 30'000U);
  EXPECT_EQ(out.back(), '\n');
  blocks = 0;
  EXPECT_EQ(pump(all, &live, 10'000).back(), "50");
  EXPECT_GE(blocks, 3);
}

}  // namespace
}  // namespace vnode::test
