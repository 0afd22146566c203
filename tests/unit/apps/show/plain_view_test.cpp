#include "apps/vnode/show/plain_view.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace vnode {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class PlainClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return SteadyTime(now); }
  WallTime wall_now() const override { return WallTime(now); }
  std::chrono::microseconds now{1'000'000'000};
};

class PlainViewTest : public testing::Test {
 protected:
  PlainViewTest() { EXPECT_EQ(::pipe2(fds_, O_CLOEXEC | O_NONBLOCK), 0); }
  ~PlainViewTest() override {
    ::close(fds_[0]);
    ::close(fds_[1]);
  }
  PlainView make(PlainView::Options options = {}) { return PlainView(fds_[1], options, clock); }
  std::string written() const {
    char text[65536];
    const ssize_t count = ::read(fds_[0], text, sizeof text);
    return count > 0 ? std::string(text, static_cast<std::size_t>(count)) : std::string();
  }
  /// Of the node with that digit in its id; 0: of the run.
  void send(PlainView& view, int node, EventBody body) {
    Event event{++seq_, clock.wall_now(), "run", std::nullopt, std::move(body)};
    if (node > 0)
      event.node =
          NodeRef{*Uuid::parse("0000000" + std::to_string(node) + "-0000-4000-8000-000000000000"), "render"};
    view.on_event(event);
  }
  void begin(PlainView& view) { send(view, 0, ExecutionStarted{"a/flow.json", "flow", 3, 2}); }
  void pass(std::chrono::milliseconds time) { clock.now += time; }

  PlainClock clock;

 private:
  int fds_[2] = {-1, -1};
  std::uint64_t seq_ = 0;
};

TEST_F(PlainViewTest, HasALineForEachNodeWithItsLogsBelow) {
  PlainView view = make();
  begin(view);
  send(view, 1, NodeStarted{});
  send(view, 2, NodeStarted{});
  pass(std::chrono::milliseconds(1250));
  send(view, 1, NodeLog{LogLevel::kInfo, "first\nsecond", "stdout"});
  send(view, 2, NodeLog{LogLevel::kWarning, "slow"});
  send(view, 2, NodeError{"exit code 1", "Traceback\n  deep"});
  send(view, 2, NodeFinished{NodeStatus::kFailed, std::chrono::milliseconds(1250)});
  send(view, 1, NodeFinished{NodeStatus::kSuccess, std::chrono::milliseconds(1250)});
  send(view, 3, NodeFinished{NodeStatus::kSkipped, Duration(), "its source render failed"});
  send(view, 0, ExecutionFinished{RunStatus::kFailed, 1, std::chrono::milliseconds(1300), {1, 1, 1, 1}});
  EXPECT_TRUE(view.close());
  EXPECT_EQ(written(),
            "flow: 3 nodes, 2 connections\n"
            "    1.25s failed   render 00000002  1.2s\n"
            "                   warning: slow\n"
            "                   error: exit code 1\n"
            "                   Traceback\n"
            "                       deep\n"
            "    1.25s success  render 00000001  1.2s\n"
            "                   stdout: first\n"
            "                     second\n"
            "    1.25s skipped  render 00000003: its source render failed\n"
            "failed: 1 succeeded, 1 failed, 1 skipped, 1.3s\n"
            "  failed    render 00000002: exit code 1\n"
            "  skipped   render 00000003: its source render failed\n");
}

TEST_F(PlainViewTest, SaysOnceAMinuteWhatRuns) {
  PlainView view = make();
  EXPECT_FALSE(view.next_tick());
  begin(view);
  for (int node = 1; node <= 6; ++node) send(view, node, NodeStarted{});
  send(view, 6, NodeProgress{0.5});
  view.flush();
  (void)written();
  EXPECT_EQ(view.next_tick(), clock.steady_now() + std::chrono::minutes(1));
  pass(std::chrono::milliseconds(59'999));
  view.tick();
  EXPECT_EQ(written(), "");
  pass(std::chrono::milliseconds(1));
  view.tick();
  EXPECT_THAT(written(), testing::AllOf(testing::StartsWith("   60.00s running  "),
                                        HasSubstr("render 00000006 1m 00s 50%"),
                                        HasSubstr(" and 2 more; 0/3 nodes, 6 running")));
  view.tick();
  EXPECT_EQ(written(), "");
  pass(std::chrono::minutes(1));
  view.tick();
  EXPECT_THAT(written(), testing::StartsWith("  120.00s running  "));
  send(view, 0,
       ExecutionFinished{.status = RunStatus::kCompleted, .exit_code = 0, .duration = {}, .nodes = {}});
  EXPECT_FALSE(view.next_tick()) << "it is over";
}

TEST_F(PlainViewTest, DoesNotWaitForANodeThatSaysALot) {
  PlainView view = make();
  begin(view);
  send(view, 1, NodeStarted{});
  const std::string line(10'000, 'x');
  send(view, 1, NodeLog{LogLevel::kInfo, line});
  send(view, 2, NodeFinished{NodeStatus::kSuccess});
  send(view, 1, NodeLog{LogLevel::kInfo, line});
  send(view, 1, NodeLog{LogLevel::kInfo, "the rest"});
  send(view, 3, NodeFinished{NodeStatus::kSuccess});
  send(view, 1, NodeFinished{NodeStatus::kSuccess});
  EXPECT_TRUE(view.close());
  const std::string text = written();
  std::size_t at = 0;
  for (const char* part : {"success  render 00000002", "running  render 00000001\n", "info: xxx",
                           "success  render 00000003", "success  render 00000001", "info: the rest\n"}) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, text.npos) << part;
    at = found;
  }
}

TEST_F(PlainViewTest, ShowsLogsOfNodesThatWereCutOff) {
  PlainView view = make();
  begin(view);
  send(view, 1, NodeStarted{});
  send(view, 1, NodeLog{LogLevel::kInfo, "half way"});
  send(view, 0, ExecutionFinished{RunStatus::kTimeout, 124, Duration(), {}, {}, "took longer than 1s"});
  EXPECT_TRUE(view.close());
  EXPECT_THAT(written(), testing::AllOf(HasSubstr("info: half way\n"), HasSubstr("timeout: "),
                                        HasSubstr("  took longer than 1s\n")));
}

TEST_F(PlainViewTest, LetsNodesSetNoCommandsOfACiServer) {
  PlainView view = make({.guards_ci = true});
  begin(view);
  send(view, 1, NodeLog{LogLevel::kInfo, "a\n::error::b\nx ##vso[task.complete]\n\x1b[0m##[c]", ""});
  send(view, 1, NodeFinished{NodeStatus::kSuccess});
  EXPECT_TRUE(view.close());
  const std::string text = written();
  EXPECT_THAT(text, HasSubstr(" \\::error::b\n"));
  EXPECT_THAT(text, HasSubstr("x #\\#vso[task.complete]\n"));
  EXPECT_THAT(text, Not(HasSubstr("##")));
}

TEST_F(PlainViewTest, MarksASectionForGitlab) {
  PlainView view = make({.has_sections = true});
  begin(view);
  send(view, 1, NodeFinished{NodeStatus::kSuccess});
  send(view, 0,
       ExecutionFinished{.status = RunStatus::kCompleted, .exit_code = 0, .duration = {}, .nodes = {}});
  EXPECT_TRUE(view.close());
  const std::string text = written();
  EXPECT_THAT(text, testing::StartsWith("\x1b[0Ksection_start:1000:vnode_run\r\x1b[0Kflow: 3 nodes"));
  EXPECT_THAT(text, HasSubstr("\x1b[0Ksection_end:1000:vnode_run\r\x1b[0K\ncompleted: "));
}

}  // namespace
}  // namespace vnode
