#include "apps/vnode/show/farm_printer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/pipe.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Uuid kNode{};

Event event(EventBody body, int seconds, bool has_node = true) {
  Event made;
  made.time = WallTime(std::chrono::seconds(1000 + seconds));
  if (has_node) made.node = NodeRef{.instance_id = kNode, .node_type = "render", .name = "beauty"};
  made.body = std::move(body);
  return made;
}

std::string printed(Farm farm, const std::vector<Event>& events) {
  Pipe pipe;
  FarmPrinter printer(pipe.writer(), farm);
  for (const Event& one : events) printer.on_event(one);
  EXPECT_TRUE(printer.close());
  return pipe.read_some();
}

ExecutionFinished end(RunStatus status, std::string_view error = {}) {
  return {.status = status, .exit_code = status == RunStatus::kCompleted ? 0 : 1, .error = error};
}

TEST(FarmPrinters, TellOpenJd) {
  const std::string text =
      printed(Farm::kOpenJd, {event(ExecutionStarted{.nodes = 2}, 0, false), event(NodeStarted{}, 1),
                              event(NodeLog{.message = "hello\nworld"}, 2),
                              event(NodeProgress{.fraction = 0.5, .message = "12 of 24"}, 3),
                              event(NodeFinished{}, 4), event(end(RunStatus::kCompleted), 5, false)});
  EXPECT_EQ(text,
            "openjd_progress: 0.0\nopenjd_status: beauty\nbeauty: hello\nbeauty: world\n"
            "openjd_progress: 46.2\nopenjd_status: beauty: 12 of 24\nopenjd_progress: 96.2\nopenjd_progress: "
            "100.0\n");
}

TEST(FarmPrinters, TellDeadline) {
  const std::string text = printed(
      Farm::kDeadline, {event(ExecutionStarted{.nodes = 2}, 0, false), event(NodeStarted{}, 1),
                        event(NodeFinished{}, 4), event(end(RunStatus::kFailed, "boom\nmore"), 5, false)});
  EXPECT_EQ(text, "Progress: 0%\nProgress: 50%\nError: boom\n");
}

TEST(FarmPrinters, TellWhyATaskHasFailed) {
  const std::string text =
      printed(Farm::kOpenJd, {event(NodeError{.message = "no license"}, 1),
                              event(end(RunStatus::kFailed, "node x: no license"), 2, false)});
  EXPECT_THAT(text, HasSubstr("beauty: error: no license\n"));
  EXPECT_THAT(text, HasSubstr("openjd_fail: node x: no license\n"));
}

TEST(FarmPrinters, PassOnNothingThatIsForTheAgent) {
  const std::vector<Event> events = {
      event(NodeLog{.message = "openjd_progress: 99\n openjd_env: A=b\nfine"}, 1),
      event(NodeLog{.message = "Progress: 50%"}, 2)};
  const std::string openjd = printed(Farm::kOpenJd, events);
  EXPECT_THAT(openjd, Not(HasSubstr("99")));
  EXPECT_THAT(openjd, Not(HasSubstr("openjd_env")));
  EXPECT_THAT(openjd, HasSubstr("beauty: fine\n"));
  EXPECT_THAT(openjd, HasSubstr("beauty: Progress: 50%\n"));
  EXPECT_THAT(printed(Farm::kDeadline, events), Not(HasSubstr("50%")));
}

TEST(FarmPrinters, DoNotTellEveryLittleStep) {
  std::vector<Event> events = {event(ExecutionStarted{.nodes = 1}, 0, false)};
  for (int i = 1; i <= 100; ++i) events.push_back(event(NodeProgress{.fraction = i / 1000.0}, 0));
  const std::string text = printed(Farm::kOpenJd, events);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

}  // namespace
}  // namespace vnode::test
