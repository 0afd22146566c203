#include "apps/vnode/watch/run_browser.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::Not;

class SteppedClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return SteadyTime(now); }
  WallTime wall_now() const override { return WallTime(now); }
  std::chrono::microseconds now{1'000'000'000};
};

/// A run with keys, on a pipe instead of a terminal.
class RunBrowserTest : public testing::Test {
 protected:
  RunBrowserTest() {
    EXPECT_EQ(::pipe2(fds_, O_CLOEXEC | O_NONBLOCK), 0);
    view_.emplace(fds_[1], PrettyView::Options{false, [] { return TerminalSize(); }, true}, clock_);
    RunBrowser::Options options;
    options.read_keys = [this] { return std::exchange(typed_, {}); };
    options.cancel = [this] { ++cancelled_; };
    options.take_keys = [this](bool is_wanted) { takes_keys_ = is_wanted; };
    browser_.emplace(*view_, std::move(options), clock_);
    send(ExecutionStarted{"a/flow.json", "flow", 4, 3}, false);
    send(NodeStarted{});
  }
  ~RunBrowserTest() override {
    browser_.reset();
    view_.reset();
    ::close(fds_[0]);
    ::close(fds_[1]);
  }
  void send(EventBody body, bool has_node = true) {
    Event event{++seq_, clock_.wall_now(), "run", std::nullopt, std::move(body)};
    if (has_node) {
      event.node = NodeRef{.instance_id = *Uuid::parse("1b4e28ba-2fa1-11d2-883f-b9a761bde3fb"),
                           .node_type = "run_command",
                           .name = "render"};
    }
    browser_->on_event(event);
  }
  /// What is written once this was typed, and a moment has passed.
  std::string type(const std::string& keys) {
    typed_ = keys;
    clock_.now += std::chrono::milliseconds(200);
    browser_->tick();
    browser_->tick();  // an Escape is known as one when nothing follows
    return written();
  }
  std::string written() {
    char text[65536];
    const ssize_t count = ::read(fds_[0], text, sizeof text);
    return count > 0 ? std::string(text, static_cast<std::size_t>(count)) : std::string();
  }

  SteppedClock clock_;
  std::optional<PrettyView> view_;
  std::optional<RunBrowser> browser_;
  std::string typed_;
  int cancelled_ = 0;
  bool takes_keys_ = false;

 private:
  int fds_[2] = {-1, -1};
  std::uint64_t seq_ = 0;
};

TEST_F(RunBrowserTest, ShowsTheNodesAndComesBack) {
  EXPECT_TRUE(takes_keys_);
  EXPECT_THAT(type(""), HasSubstr("?: keys"));
  EXPECT_THAT(type("x"), Not(HasSubstr("\x1b[?1049h"))) << "no key of ours";
  const std::string nodes = type("\r");
  EXPECT_THAT(nodes, HasSubstr("\x1b[?1049h"));
  EXPECT_THAT(nodes, HasSubstr("render"));
  send(NodeLog{LogLevel::kInfo, "meanwhile"});
  EXPECT_EQ(type("").find("meanwhile"), std::string::npos) << "the lines wait";
  const std::string back = type("\x1b");
  EXPECT_THAT(back, HasSubstr("\x1b[?1049l"));
  EXPECT_THAT(back, HasSubstr("meanwhile"));
}

TEST_F(RunBrowserTest, ShowsTheLogWithWhatCameBefore) {
  send(NodeLog{LogLevel::kInfo, "an early line"});
  written();
  EXPECT_THAT(type("l"), HasSubstr("an early line"));
}

TEST_F(RunBrowserTest, EndsTheRunWhenTheQuestionIsAnsweredWithYes) {
  EXPECT_THAT(type("q"), HasSubstr("end the run? y/n"));
  type("n");
  EXPECT_EQ(cancelled_, 0);
  type("c");
  type("y");
  EXPECT_EQ(cancelled_, 1);
}

TEST_F(RunBrowserTest, LeavesTheTerminalAsItWas) {
  type("\r");
  send(ExecutionPaused{true}, false);
  EXPECT_THAT(written(), HasSubstr("\x1b[?1049l"));
  EXPECT_FALSE(takes_keys_);
  send(ExecutionUnpaused{}, false);
  EXPECT_TRUE(takes_keys_);
  type("\r");
  send(ExecutionFinished{.nodes = {.executed = 1, .succeeded = 1}}, false);
  EXPECT_TRUE(browser_->close());
  EXPECT_FALSE(takes_keys_);
  const std::string end = written();
  EXPECT_LT(end.find("\x1b[?1049l"), end.find("completed"));
}

TEST_F(RunBrowserTest, ACutOffEndsTheScreenToo) {
  type("\r");
  ExecutionFinished last;
  last.status = RunStatus::kCancelled;
  last.error = "ended at once";
  EXPECT_TRUE(view_->cut_off(last, std::chrono::seconds(20)));
  const std::string end = written();
  EXPECT_LT(end.find("\x1b[?1049l"), end.find("ended at once"));
}

}  // namespace
}  // namespace vnode
