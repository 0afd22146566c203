#include "apps/vnode/show/pretty_view.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace vnode {
namespace {

class HandClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return SteadyTime(now); }
  WallTime wall_now() const override { return WallTime(now); }
  std::chrono::microseconds now{1'000'000'000};
};

/// A view on a pipe, and what it has written.
class PrettyViewTest : public testing::Test {
 protected:
  PrettyViewTest() { EXPECT_EQ(::pipe2(fds_, O_CLOEXEC | O_NONBLOCK), 0); }
  ~PrettyViewTest() override {
    ::close(fds_[0]);
    ::close(fds_[1]);
  }
  PrettyView make(bool has_colour = false) {
    return PrettyView(fds_[1], {has_colour, [this] { return size; }}, clock);
  }
  std::string written() const {
    char text[65536];
    const ssize_t count = ::read(fds_[0], text, sizeof text);
    return count > 0 ? std::string(text, static_cast<std::size_t>(count)) : std::string();
  }
  /// What stands on the terminal then: the live area was erased from its first line on.
  std::string shown() const {
    std::vector<std::string> lines(1);
    const std::string text = written();
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') {
        lines.emplace_back();
      } else if (text[at] == '\x1b') {
        const std::size_t end = text.find_first_of("AJ", at);
        const int up = text[end] == 'A' ? std::stoi(text.substr(at + 2)) : 0;
        lines.resize(lines.size() - static_cast<std::size_t>(up));
        if (text[end] == 'J') lines.back().clear();
        at = end;
      } else if (text[at] != '\r') {
        lines.back() += text[at];
      }
    }
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    all.pop_back();
    return all;
  }
  void send(PrettyView& view, EventBody body, bool has_node = true) {
    Event event{++seq_, clock.wall_now(), "run", std::nullopt, std::move(body)};
    if (has_node) event.node = NodeRef{*Uuid::parse("1b4e28ba-2fa1-11d2-883f-b9a761bde3fb"), "print\x1b[2J"};
    view.on_event(event);
  }
  void begin(PrettyView& view) { send(view, ExecutionStarted{"a/flow.json", "flow", 4, 3}, false); }

  HandClock clock;
  TerminalSize size;

 private:
  int fds_[2] = {-1, -1};
  std::uint64_t seq_ = 0;
};

TEST_F(PrettyViewTest, LeavesItsLinesWhereTheLiveAreaWas) {
  PrettyView view = make();
  begin(view);
  clock.now += std::chrono::milliseconds(1250);
  send(view, NodeStarted{});
  send(view, NodeLog{LogLevel::kWarning, "first\nsecond"});
  send(view, NodeError{"broken", "Traceback\n  deep"});
  send(view, NodeFinished{NodeStatus::kFailed});
  send(view, ExecutionFinished{RunStatus::kFailed, 1, std::chrono::milliseconds(1300), {1, 0, 1, 0, 3}},
       false);
  EXPECT_TRUE(view.close());
  EXPECT_EQ(shown(),
            "flow: 4 nodes, 3 connections\n"
            "    1.25s warning  print\\x1b[2J 1b4e28ba: first\n"
            "                   second\n"
            "    1.25s error    print\\x1b[2J 1b4e28ba: broken\n"
            "                   Traceback\n"
            "                     deep\n"
            "failed: 0 succeeded, 1 failed, 3 never started, 1.3s\n"
            "  failed    print\\x1b[2J 1b4e28ba: broken\n");
  EXPECT_FALSE(view.next_tick());
}

TEST_F(PrettyViewTest, ShowsAFailureThatIsHandledAsThat) {
  PrettyView view = make();
  begin(view);
  send(view, NodeError{"broken", "", "", true});
  send(view, NodeFinished{NodeStatus::kFailed, Duration(0), "", true});
  send(view, ExecutionFinished{.nodes = {.executed = 1, .handled = 1}}, false);
  EXPECT_TRUE(view.close());
  const std::string text = shown();
  EXPECT_THAT(text, testing::HasSubstr("handled"));
  EXPECT_THAT(text, testing::HasSubstr("1 failed and handled"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("error")));
}

TEST_F(PrettyViewTest, ShowsThatANodeIsTriedAgain) {
  PrettyView view = make();
  begin(view);
  send(view, NodeError{"busy", "", "", true});
  send(view, NodeFinished{NodeStatus::kRetried, Duration(0)});
  send(view, NodeWaiting{WaitFor::kRetry, std::chrono::seconds(5)});
  send(view, NodeFinished{NodeStatus::kSuccess, Duration(0)});
  send(view, ExecutionFinished{.nodes = {.executed = 1, .succeeded = 1}}, false);
  EXPECT_TRUE(view.close());
  const std::string text = shown();
  EXPECT_THAT(text, testing::HasSubstr("retry    print\\x1b[2J 1b4e28ba: again in 5.0s"));
  EXPECT_THAT(text, testing::HasSubstr("1 succeeded, "));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("failed")));
}

TEST_F(PrettyViewTest, SendsNoEscapesOfNodes) {
  PrettyView view = make();
  begin(view);
  send(view, NodeLog{LogLevel::kInfo, "\x1b]0;title\x07"});
  send(view, ExecutionFinished{}, false);
  EXPECT_TRUE(view.close());
  const std::string text = written();
  EXPECT_EQ(text.find("\x1b]0"), std::string::npos);
  EXPECT_EQ(text.find("\x1b[0m"), std::string::npos) << "no colour";
}

TEST_F(PrettyViewTest, TheLiveAreaFitsTheTerminal) {
  for (const int columns : {10, 40, 80, 200}) {
    size = {columns, 10};
    PrettyView view = make();
    begin(view);
    clock.now += std::chrono::seconds(1);
    send(view, NodeStarted{});
    send(view, NodeProgress{0.5, std::string(500, 'w')});
    clock.now += std::chrono::seconds(1);
    view.tick();
    view.flush();
    const std::string text = written();
    const std::string area = text.substr(text.rfind("\x1b[J") + 3);
    std::size_t at = 0;
    while (at <= area.size()) {
      const std::size_t end = std::min(area.find("\r\n", at), area.size());
      EXPECT_LT(end - at, static_cast<std::size_t>(columns)) << area;
      at = end + 2;
    }
    EXPECT_TRUE(view.close());
    written();
  }
}

TEST_F(PrettyViewTest, RedrawsAtMostTenTimesASecond) {
  PrettyView view = make();
  begin(view);
  for (int i = 0; i < 10'000; ++i) {
    clock.now += std::chrono::microseconds(100);
    send(view, NodeStarted{});
    send(view, NodeFinished{});
  }
  view.flush();
  EXPECT_TRUE(view.close());
  const std::string text = written();
  std::size_t draws = 0;
  for (std::size_t at = text.find("\x1b[J"); at != std::string::npos; at = text.find("\x1b[J", at + 1))
    ++draws;
  EXPECT_GE(draws, 9u);
  EXPECT_LE(draws, 12u);
}

TEST_F(PrettyViewTest, TicksKeepTheTimeGoingWhileNothingHappens) {
  PrettyView view = make();
  begin(view);
  written();
  ASSERT_TRUE(view.next_tick());
  clock.now += std::chrono::milliseconds(50);
  view.tick();
  view.flush();
  EXPECT_EQ(written(), "");
  clock.now = std::chrono::duration_cast<std::chrono::microseconds>(view.next_tick()->time_since_epoch());
  view.tick();
  EXPECT_NE(written().find("0/4 nodes"), std::string::npos);
}

TEST_F(PrettyViewTest, ShowsThatItStops) {
  PrettyView view = make();
  begin(view);
  view.show_stopping();
  clock.now += std::chrono::seconds(1);
  view.tick();
  EXPECT_NE(written().find("stopping"), std::string::npos);
}

TEST_F(PrettyViewTest, LeavesTheTerminalAloneDuringAPause) {
  PrettyView view = make();
  begin(view);
  send(view, NodeStarted{});
  clock.now += std::chrono::seconds(1);
  view.tick();
  written();
  send(view, ExecutionPaused{true}, false);
  const std::string text = written();
  EXPECT_TRUE(text.ends_with("paused   no node starts, processes are stopped\n")) << text;
  EXPECT_EQ(view.next_tick(), std::nullopt);
  clock.now += std::chrono::seconds(1);
  view.tick();
  EXPECT_EQ(written(), "");
  send(view, NodeLog{LogLevel::kInfo, "what is at work goes on"});
  view.flush();
  clock.now += std::chrono::seconds(1);
  view.tick();
  EXPECT_TRUE(written().ends_with("what is at work goes on\n"))
      << "without a live area, nothing to be erased";
  send(view, ExecutionUnpaused{std::chrono::seconds(2)}, false);
  clock.now += std::chrono::seconds(1);
  view.tick();
  EXPECT_NE(written().find("1 running"), std::string::npos);
}

TEST_F(PrettyViewTest, SaysThatItWasCutOff) {
  PrettyView view = make();
  begin(view);
  send(view, NodeStarted{});
  const ExecutionFinished last{.status = RunStatus::kCancelled,
                               .exit_code = 130,
                               .duration = std::chrono::seconds(1),
                               .error = "ended at once"};
  EXPECT_TRUE(view.cut_off(last, std::chrono::seconds(20)));
  send(view, NodeLog{LogLevel::kInfo, "too late"});
  EXPECT_TRUE(view.cut_off(last, std::chrono::seconds(20)));
  EXPECT_TRUE(view.close());
  const std::string text = written();
  EXPECT_TRUE(text.ends_with("\x1b[Jcancelled: ended at once, 1.0s\n")) << text;
  EXPECT_EQ(text.find("too late"), std::string::npos);
}

TEST_F(PrettyViewTest, TheEndRemovesTheLiveArea) {
  PrettyView view = make(true);
  begin(view);
  send(view, ExecutionFinished{RunStatus::kCompleted, 0, std::chrono::seconds(1), {4, 4, 0, 0, 0}}, false);
  EXPECT_TRUE(view.close());
  const std::string text = written();
  EXPECT_TRUE(text.ends_with("\x1b[32mcompleted\x1b[0m: 4 succeeded, 1.0s\n")) << text;
}

}  // namespace
}  // namespace vnode
