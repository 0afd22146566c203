#include "apps/vnode/show/run_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace vnode {
namespace {

constexpr WallTime kNoon{std::chrono::hours(24 * 365) + std::chrono::hours(12)};

class RunLogTest : public testing::Test {
 protected:
  RunLogTest() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }

  static Event event_of(EventBody body, bool has_node = true) {
    Event event{1, kNoon + std::chrono::milliseconds(1234), "run", std::nullopt, std::move(body)};
    if (has_node) {
      event.node = NodeRef{.instance_id = *Uuid::parse("1b4e28ba-2fa1-11d2-883f-b9a761bde3fb"),
                           .node_type = "run_command",
                           .name = "render",
                           .iteration = kItem};
    }
    return event;
  }
  std::string print(const EventBody& body, bool has_node = true) {
    const std::optional<LogEntry> entry = log_entry(event_of(body, has_node));
    return entry ? printer_.print(*entry) : std::string();
  }

  static constexpr std::int64_t kItem[] = {3};
  LogPrinter printer_{kNoon, false};
};

TEST_F(RunLogTest, TellsTimeLevelNodeAndMessage) {
  EXPECT_EQ(print(NodeLog{LogLevel::kWarning, "low on\nspace"}),
            "12:00:01.234 warning  render[3]: low on\n"
            "                      space\n");
  EXPECT_EQ(print(NodeLog{LogLevel::kInfo, "frame 1", "stdout"}),
            "12:00:01.234 stdout   render[3]: frame 1\n");
  EXPECT_EQ(print(NodeError{"broken", "Traceback\n  deep"}),
            "12:00:01.234 error    render[3]: broken\n"
            "                      Traceback\n"
            "                        deep\n");
  EXPECT_EQ(print(NodeFinished{NodeStatus::kSkipped, Duration(), "its input failed"}),
            "12:00:01.234 skipped  render[3]: its input failed\n");
}

TEST_F(RunLogTest, TellsBeginningAndEndOfTheRun) {
  EXPECT_EQ(print(ExecutionStarted{"a/flow.json", "flow", 1, 0}, false),
            "12:00:01.234 started  flow, 1 node\n");
  EXPECT_EQ(print(ExecutionFinished{RunStatus::kCompleted, 0, std::chrono::seconds(2), {}}, false),
            "12:00:01.234 completed after 2.0s\n");
  ExecutionFinished failed{.status = RunStatus::kFailed};
  failed.error = "node render: broken";
  EXPECT_EQ(print(failed, false), "12:00:01.234 failed   after 0ms: node render: broken\n");
  EXPECT_EQ(log_entry(event_of(failed))->level, LogLevel::kError);
}

TEST_F(RunLogTest, LeavesOutWhatOnlyProgramsNeed) {
  EXPECT_FALSE(log_entry(event_of(NodeStarted{})));
  EXPECT_FALSE(log_entry(event_of(NodeOutput{})));
  EXPECT_FALSE(log_entry(event_of(NodeProgress{})));
  EXPECT_FALSE(log_entry(event_of(NodeFinished{})));
  EXPECT_FALSE(log_entry(event_of(NodeWaiting{WaitFor::kSlot})));
  EXPECT_TRUE(log_entry(event_of(NodeWaiting{WaitFor::kRetry})));
}

TEST_F(RunLogTest, SaysWhichDayItWas) {
  LogEntry entry = *log_entry(event_of(NodeLog{LogLevel::kInfo, "x"}));
  entry.time -= std::chrono::hours(24);
  EXPECT_EQ(printer_.print(entry), "-- 1970-12-31 --\n12:00:01.234 info     render[3]: x\n");
  EXPECT_EQ(printer_.print(entry).find("--"), std::string::npos);
}

TEST_F(RunLogTest, ActsOnNothingThatARunSays) {
  const std::string line = print(NodeLog{LogLevel::kInfo, "\x1b]0;title\x07\r\nnext"});
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace vnode
