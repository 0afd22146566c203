#include "events/event_mask.h"

#include <gtest/gtest.h>

#include "events/event_json.h"
#include "support/sample_events.h"

namespace vnode::test {
namespace {

std::string line_of(EventBody body) {
  std::string line;
  EventFormatter().append_line(line, Event{1, WallTime(), "run", std::nullopt, std::move(body)});
  return line;
}

struct EventMaskTest : testing::Test {
  EventMaskTest() { secrets.add("hunter2"); }
  std::string shown(EventBody body) {
    mask.apply(body);
    return line_of(std::move(body));
  }

  SecretMask secrets;
  EventMask mask{secrets};
};

TEST_F(EventMaskTest, ReplacesSecretsInEveryTextOfEveryEvent) {
  const Problem problem{.code = "x", .message = "hunter2", .hint = "hunter2", .traceback = "hunter2"};
  const PortValue output{"hunter2", Value::list({Value("hunter2")})};
  const EventBody bodies[] = {
      ExecutionStarted{.path = "/hunter2.json", .name = "hunter2"},
      NodeOutput{std::span(&output, 1)},
      NodeLog{.message = "hunter2"},
      NodeError{.message = "hunter2", .detail = "hunter2"},
      NodeProgress{.fraction = 0.5, .message = "hunter2"},
      NodeWaiting{.detail = "hunter2"},
      NodeFinished{.cause = "hunter2"},
      ExecutionFinished{
          .status = RunStatus::kInvalid, .problems = std::span(&problem, 1), .error = "hunter2"}};
  for (const EventBody& body : bodies) {
    EXPECT_NE(line_of(body).find("hunter2"), std::string::npos);
    const std::string line = shown(body);
    EXPECT_EQ(line.find("hunter2"), std::string::npos) << line;
    EXPECT_NE(line.find("***"), std::string::npos) << line;
  }
}

TEST_F(EventMaskTest, LeavesEventsWithoutAnyAsTheyAre) {
  for_each_sample_event([this](const Event& event) { EXPECT_EQ(shown(event.body), line_of(event.body)); });
}

TEST_F(EventMaskTest, MasksBeforeValuesAreShortened) {
  const PortValue output{"out", Value(std::string(195, 'x') + "hunter2" + std::string(100'000, 'x'))};
  EXPECT_EQ(shown(NodeOutput{std::span(&output, 1)}).find("hun"), std::string::npos);
}

}  // namespace
}  // namespace vnode::test
