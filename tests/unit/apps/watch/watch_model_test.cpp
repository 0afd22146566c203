#include "apps/vnode/watch/watch_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::Not;
using PressedKind = Key::Kind;
using Asked = WatchRequest::Kind;

constexpr WatchModel::Now kNow{WallTime(std::chrono::hours(24 * 365)), SteadyTime(std::chrono::hours(1))};
constexpr TerminalSize kSizes[] = {{20, 10}, {80, 24}, {200, 50}, {1, 1}, {7, 3}, {300, 2}};

/// Without what changes only how a text looks.
std::string plain(const std::string& line) {
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line.compare(at, 2, "\x1b[") == 0) {
      at = line.find('m', at);
    } else {
      out += line[at];
    }
  }
  return out;
}

std::string id_of(int number) { return "261130-" + std::to_string(100000 + number).substr(1); }

class WatchModelTest : public testing::Test {
 protected:
  void add(int number, const std::string& status, const std::string& workflow = "render.json") {
    RunInfo run;
    run.id = id_of(number);
    run.status = status;
    run.workflow = workflow;
    run.queue = "default";
    run.created_at = kNow.wall - std::chrono::seconds(10);
    if (run.is_running()) run.started_at = run.created_at;
    if (run.has_ended()) run.completed_at = kNow.wall + std::chrono::seconds(number);
    if (run.is_running()) run.progress = RunInfo::Progress{.nodes = 10, .ended = 5, .fraction = 0.5};
    model_.board().apply(std::move(run), kNow.steady);
  }
  void add_many(int running, int pending, int ended) {
    int number = 0;
    for (int i = 0; i < ended; ++i) add(++number, "completed");
    for (int i = 0; i < running; ++i) add(++number, "running");
    for (int i = 0; i < pending; ++i) add(++number, "pending");
  }
  WatchRequest press(const std::string& text) { return model_.press({PressedKind::kText, text}, size_); }
  WatchRequest press(PressedKind kind) { return model_.press({kind}, size_); }
  std::string screen(bool has_colour = false) {
    std::string all;
    for (const std::string& line : model_.lines(size_, kNow, has_colour)) all += plain(line) + "\n";
    return all;
  }
  /// The marked line.
  std::string selected() {
    for (const std::string& line : model_.lines(size_, kNow, false)) {
      if (line.starts_with("> ")) return line;
    }
    return {};
  }
  std::string footer() { return model_.lines(size_, kNow, false).back(); }
  void send(EventBody body, const char* node = nullptr, std::uint64_t number = 1) {
    Event event{++seq_, kNow.wall, "run", std::nullopt, std::move(body)};
    if (node) {
      const std::string id = "1b4e28ba-2fa1-11d2-883f-" + std::to_string(100000000000 + number);
      event.node = NodeRef{.instance_id = *Uuid::parse(id), .node_type = "run_command", .name = node};
    }
    model_.add_event(followed_, event);
  }
  void open_first() {
    const WatchRequest request = press(PressedKind::kEnter);
    EXPECT_EQ(request.kind, Asked::kFollow);
    followed_ = request.run;
  }

  WatchModel model_{RunBoard::Limits{.ended = 100}};
  TerminalSize size_{80, 24};
  std::string followed_;
  std::uint64_t seq_ = 0;
};

TEST_F(WatchModelTest, ShowsWhatRunsFirstHoweverLongTheQueue) {
  add_many(3, 5000, 10);
  for (const TerminalSize size : {TerminalSize{20, 10}, TerminalSize{80, 24}, TerminalSize{200, 50}}) {
    size_ = size;
    const std::string text = screen();
    for (const int running : {11, 12, 13}) EXPECT_THAT(text, HasSubstr(id_of(running)));
    EXPECT_THAT(text, HasSubstr("3 run"));
    EXPECT_THAT(text, HasSubstr("q: quit"));
  }
  EXPECT_THAT(screen(), HasSubstr("3 running, 5000 pending, 10 ended"));
  EXPECT_THAT(screen(), HasSubstr("1-47 of 5013"));
  EXPECT_THAT(screen(), HasSubstr("[#####.....] 50%"));
  EXPECT_THAT(screen(), HasSubstr("~10s"));
}

TEST_F(WatchModelTest, EveryScreenFitsTheTerminal) {
  add_many(3, 40, 5);
  add(90, "running", "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字🎉\x1b[2J\n.json");
  const auto fits = [this](const std::string& what) {
    for (const TerminalSize size : kSizes) {
      size_ = size;
      for (const bool has_colour : {false, true}) {
        const std::vector<std::string> lines = model_.lines(size, kNow, has_colour);
        EXPECT_EQ(lines.size(), static_cast<std::size_t>(size.rows)) << what;
        for (const std::string& line : lines) {
          EXPECT_LE(display_width(plain(line)), static_cast<std::size_t>(size.columns))
              << what << ": " << line;
          EXPECT_EQ(plain(line).find('\x1b'), std::string::npos) << line;
          if (!has_colour) {
            EXPECT_EQ(line, plain(line)) << "no escapes without colour";
          }
        }
      }
    }
    size_ = {80, 24};
  };
  fits("the runs");
  press("?");
  fits("help");
  press(PressedKind::kEscape);
  press("/");
  for (int i = 0; i < 200; ++i) press("漢");
  fits("a long filter");
  press(PressedKind::kEnter);
  fits("a filter that nothing has");
  press(PressedKind::kEscape);
  press("c");
  fits("a question");
  press("n");
  open_first();
  fits("a run that has not begun");
  send(ExecutionStarted{"flow", "flow\x1b[2J", 50, 10});
  for (std::uint64_t i = 0; i < 60; ++i) {
    send(NodeStarted{}, "漢字漢字漢字漢字漢字\x1b]0;x\x07", i);
    send(NodeProgress{0.5, std::string(500, 'w')}, "漢字", i);
    send(NodeLog{LogLevel::kError, std::string(300, 'x') + "漢字\x1b[2J\nsecond"}, "node", i);
  }
  fits("nodes");
  press("l");
  fits("the log");
  press(PressedKind::kRight);
  fits("the log, moved");
}

TEST_F(WatchModelTest, KeysMoveTheMark) {
  add_many(2, 100, 0);
  EXPECT_THAT(selected(), HasSubstr(id_of(1)));
  press("j");
  press(PressedKind::kDown);
  EXPECT_THAT(selected(), HasSubstr(id_of(3)));
  press("k");
  EXPECT_THAT(selected(), HasSubstr(id_of(2)));
  press(PressedKind::kPageDown);
  EXPECT_THAT(selected(), HasSubstr(id_of(22)));
  EXPECT_THAT(screen(), HasSubstr("2-22 of 102"));
  press(PressedKind::kEnd);
  EXPECT_THAT(selected(), HasSubstr(id_of(102)));
  EXPECT_THAT(screen(), HasSubstr("82-102 of 102"));
  press(PressedKind::kPageUp);
  EXPECT_THAT(selected(), HasSubstr(id_of(82)));
  press("g");
  EXPECT_THAT(selected(), HasSubstr(id_of(1)));
  press(PressedKind::kUp);
  EXPECT_THAT(selected(), HasSubstr(id_of(1)));
}

TEST_F(WatchModelTest, ARunStaysSelectedWhereverItGoes) {
  add_many(0, 30, 0);
  press("j");
  EXPECT_THAT(selected(), HasSubstr(id_of(2)));
  add(20, "running");
  EXPECT_THAT(selected(), HasSubstr(id_of(2)));
  add(2, "failed");
  EXPECT_THAT(selected(), HasSubstr(id_of(2) + "  failed"));
  model_.board().remove(id_of(2));
  EXPECT_THAT(selected(), HasSubstr("pending")) << "what is in its place";
}

TEST_F(WatchModelTest, FiltersRuns) {
  add_many(1, 200, 0);
  add(300, "pending", "special.json");
  press("/");
  for (const char* key : {"S", "p", "e", "x"}) press(key);
  press(PressedKind::kBackspace);
  EXPECT_THAT(footer(), HasSubstr("/Spe_"));
  EXPECT_THAT(selected(), HasSubstr("special.json")) << "while it is typed";
  press(PressedKind::kEnter);
  EXPECT_THAT(screen(), HasSubstr("1-1 of 1"));
  EXPECT_THAT(footer(), HasSubstr("/Spe"));
  press(PressedKind::kEscape);
  EXPECT_THAT(screen(), HasSubstr("of 202"));
  press("/");
  press("q");
  EXPECT_THAT(footer(), HasSubstr("/q_")) << "a text, not the end";
}

TEST_F(WatchModelTest, AsksBeforeItCancels) {
  add_many(1, 1, 1);
  EXPECT_EQ(press("c").kind, Asked::kNone);
  EXPECT_THAT(footer(), HasSubstr("cancel " + id_of(2) + "? y/n"));
  EXPECT_EQ(press(PressedKind::kEnter).kind, Asked::kNone) << "anything but y is no";
  EXPECT_THAT(footer(), Not(HasSubstr("y/n")));
  press("c");
  const WatchRequest request = press("y");
  EXPECT_EQ(request.kind, Asked::kCancel);
  EXPECT_EQ(request.run, id_of(2));
  press(PressedKind::kEnd);
  press("c");
  EXPECT_THAT(footer(), HasSubstr(id_of(1) + " has ended"));
}

TEST_F(WatchModelTest, OpensARun) {
  add_many(1, 1, 0);
  open_first();
  EXPECT_EQ(followed_, id_of(1));
  EXPECT_THAT(screen(), HasSubstr("it has not begun"));
  send(ExecutionStarted{"a/flow.json", "flow", 4, 3});
  send(NodeStarted{}, "prepare", 1);
  send(NodeFinished{}, "prepare", 1);
  send(NodeStarted{}, "broken", 2);
  send(NodeError{"no such file"}, "broken", 2);
  send(NodeFinished{NodeStatus::kFailed}, "broken", 2);
  send(NodeStarted{}, "patient", 3);
  send(NodeWaiting{WaitFor::kResource, std::nullopt, "license.maya"}, "patient", 3);
  send(NodeStarted{}, "busy", 4);
  send(NodeProgress{0.25, "frame 1 of 4"}, "busy", 4);
  const std::string text = screen();
  EXPECT_THAT(text, HasSubstr("2/4 nodes, 2 running, 1 failed"));
  EXPECT_THAT(text, testing::ContainsRegex("busy.*25%.*frame 1 of 4.*\n.*patient.*license.maya.*\n"
                                           ".*broken.*no such file.*\n.*prepare"));
  EXPECT_EQ(press(PressedKind::kEscape).kind, Asked::kUnfollow);
  EXPECT_THAT(screen(), HasSubstr("1 running, 1 pending"));
}

TEST_F(WatchModelTest, ShowsTheLogOfARunAndOfANode) {
  add_many(1, 0, 0);
  EXPECT_EQ(press("l").kind, Asked::kFollow);
  followed_ = id_of(1);
  send(ExecutionStarted{"a/flow.json", "flow", 4, 3});
  for (int i = 0; i < 100; ++i) send(NodeLog{LogLevel::kInfo, "line " + std::to_string(i) + "."}, "one", 1);
  send(NodeLog{LogLevel::kWarning, "of the other"}, "two", 2);
  EXPECT_THAT(screen(), HasSubstr("of the other")) << "its end";
  EXPECT_THAT(screen(), Not(HasSubstr("line 0.")));
  press(PressedKind::kHome);
  EXPECT_THAT(screen(), HasSubstr("line 0."));
  send(NodeLog{LogLevel::kInfo, "news"}, "one", 1);
  EXPECT_THAT(screen(), HasSubstr("line 0.")) << "who has scrolled stays there";
  press(PressedKind::kEnd);
  EXPECT_THAT(screen(), HasSubstr("news"));
  send(NodeLog{LogLevel::kInfo, "and more"}, "one", 1);
  EXPECT_THAT(screen(), HasSubstr("and more"));
  press("/");
  for (const char* key : {"o", "t", "h"}) press(key);
  press(PressedKind::kEnter);
  EXPECT_THAT(screen(), HasSubstr("1-1 of 1"));
  EXPECT_THAT(screen(), HasSubstr("two: of the other"));
  press(PressedKind::kEscape);
  press(PressedKind::kEscape);
  open_first();
  send(ExecutionStarted{"a/flow.json", "flow", 4, 3});
  send(NodeStarted{}, "one", 1);
  send(NodeLog{LogLevel::kInfo, "its line"}, "one", 1);
  send(NodeLog{LogLevel::kInfo, "another's"}, "two", 2);
  press(PressedKind::kEnter);
  EXPECT_THAT(screen(), HasSubstr("its line"));
  EXPECT_THAT(screen(), Not(HasSubstr("another's")));
  EXPECT_EQ(press(PressedKind::kLeft).kind, Asked::kNone);
  EXPECT_THAT(screen(), HasSubstr("NODE")) << "back to the nodes";
}

TEST_F(WatchModelTest, AnEndlessLogTakesNoMoreMemory) {
  add_many(1, 0, 0);
  press("l");
  followed_ = id_of(1);
  send(ExecutionStarted{"a/flow.json", "flow", 4, 3});
  for (std::size_t i = 0; i < RunDetail::kKeptLines + 10; ++i) send(NodeLog{LogLevel::kInfo, "x"}, "one", 1);
  EXPECT_THAT(screen(), HasSubstr("of 5000"));
}

TEST_F(WatchModelTest, QuitsAndHelps) {
  EXPECT_THAT(screen(), HasSubstr("no runs"));
  EXPECT_EQ(press(PressedKind::kEnter).kind, Asked::kNone);
  press("?");
  EXPECT_THAT(screen(), HasSubstr("filter"));
  EXPECT_EQ(press("q").kind, Asked::kNone) << "it only leaves the help";
  EXPECT_EQ(press("q").kind, Asked::kQuit);
}

TEST_F(WatchModelTest, SaysThatTheDaemonHasGone) {
  model_.set_notice("the daemon went away");
  EXPECT_THAT(footer(), HasSubstr("went away"));
  model_.set_notice({});
  EXPECT_THAT(footer(), HasSubstr("q: quit"));
}

TEST_F(WatchModelTest, OpensAGroup) {
  add_many(1, 1, 0);
  const std::string group = "g" + id_of(3);
  RunInfo row;
  row.id = group;
  row.status = "running";
  row.workflow = "render.json";
  row.is_group = true;
  row.counts = "1 completed, 1 running";
  row.progress = RunInfo::Progress{.nodes = 2, .ended = 1, .failed = 0, .fraction = 0.5};
  model_.board().apply(row, kNow.steady);
  EXPECT_THAT(screen(), testing::ContainsRegex(group + " +running +.#+[.]+. 50% .*1 completed"));
  EXPECT_EQ(model_.group_board(), nullptr);
  press("j");
  press("l");
  EXPECT_THAT(footer(), HasSubstr("Enter shows the runs"));
  const WatchRequest request = press(PressedKind::kEnter);
  EXPECT_EQ(request.kind, Asked::kOpenGroup);
  EXPECT_EQ(request.run, group);
  EXPECT_EQ(model_.open_group(), group);
  EXPECT_THAT(screen(), HasSubstr("no runs"));
  for (const int number : {3, 4}) {
    RunInfo run;
    run.id = id_of(number);
    run.status = number == 3 ? "completed" : "running";
    run.group_value = "frame " + std::to_string(number);
    if (run.has_ended()) run.completed_at = kNow.wall;
    model_.group_board()->apply(run, kNow.steady);
  }
  EXPECT_THAT(screen(), HasSubstr(group + "  render.json  1 completed, 1 running"));
  EXPECT_THAT(screen(), testing::ContainsRegex("frame 4.*\n.*frame 3"));
  EXPECT_THAT(screen(), Not(HasSubstr(id_of(1)))) << "those of the group only";
  EXPECT_THAT(selected(), HasSubstr(id_of(4)));
  press("j");
  press("c");
  EXPECT_THAT(footer(), HasSubstr(id_of(3) + " has ended"));
  press("k");
  open_first();
  EXPECT_EQ(followed_, id_of(4));
  EXPECT_EQ(press(PressedKind::kEscape).kind, Asked::kUnfollow);
  EXPECT_THAT(selected(), HasSubstr(id_of(4))) << "back in the group";
  EXPECT_EQ(press(PressedKind::kEscape).kind, Asked::kCloseGroup);
  EXPECT_THAT(selected(), HasSubstr(group)) << "back among all";
  EXPECT_EQ(model_.group_board(), nullptr);
  press("c");
  EXPECT_EQ(press("y").run, group);
}

TEST_F(WatchModelTest, AGroupFitsTheTerminal) {
  add_many(0, 1, 0);
  RunInfo row;
  row.id = "g" + id_of(2);
  row.status = "running";
  row.is_group = true;
  row.counts = "1 completed, 1 failed, 1 cancelled, 1 timeout, 1 interrupted, 100 running, 1000 pending";
  model_.board().apply(row, kNow.steady);
  press(PressedKind::kEnter);
  for (int number = 2; number < 60; ++number) {
    RunInfo run;
    run.id = id_of(number);
    run.status = "running";
    run.group_value = std::string(200, 'v') + "\x1b[2J";
    model_.group_board()->apply(run, kNow.steady);
  }
  for (const TerminalSize size : kSizes) {
    size_ = size;
    const std::vector<std::string> lines = model_.lines(size, kNow, true);
    EXPECT_EQ(lines.size(), static_cast<std::size_t>(size.rows));
    for (const std::string& line : lines) {
      EXPECT_LE(display_width(plain(line)), static_cast<std::size_t>(size.columns)) << line;
      EXPECT_EQ(plain(line).find('\x1b'), std::string::npos) << line;
    }
  }
}

}  // namespace
}  // namespace vnode
