#include "daemon/event_subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EventSubscriptions : public testing::Test {
 protected:
  EventSubscriptions() {
    live.events = std::make_shared<RunEvents>(path, "run-1", EventFileEnd{}, 1024, [] {});
  }
  void say(std::uint64_t seq, const std::string& text = "text") {
    live.events->on_event(
        {seq, WallTime(std::chrono::hours(1)), "run-1", std::nullopt, NodeLog{LogLevel::kInfo, text}});
    live.events->flush();
  }
  void finish(std::uint64_t seq) {
    live.events->on_event({seq, WallTime(std::chrono::hours(1)), "run-1", std::nullopt, ExecutionFinished{}});
    ASSERT_TRUE(live.events->close().ok());
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
      told.push_back(at(*note, "method") == "run.event" ? at(*note, "params/event/seq")
                                                        : "end " + at(*note, "params/status"));
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
  all.set_ended("completed");
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

TEST_F(EventSubscriptions, EndWithoutEventsWhenTheFileIsGone) {
  EventSubscription all = subscription();
  all.set_ended("completed");
  EXPECT_THAT(pump(all, nullptr), ElementsAre("end completed"));
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
  live.events = std::make_shared<RunEvents>(path, "run-1", std::move(*end), 1024, [] {});
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
