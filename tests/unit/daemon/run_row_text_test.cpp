#include "daemon/run_row_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_writer.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string json(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

TEST(RunLogLines, TellTheBeginAndTheEnd) {
  RunRow row{.id = "260102-00001", .status = RunStatus::kRunning, .workflow = "a.json"};
  EXPECT_EQ(begin_text(row), "run 260102-00001 begins: a.json");
  row.attempt = 2;
  row.workflow.clear();
  EXPECT_EQ(begin_text(row), "run 260102-00001 begins (attempt 2)");
  row.status = RunStatus::kFailed;
  EXPECT_EQ(end_text(row), "run 260102-00001 has ended: failed");
  row.duration = 1.5;
  row.exit_code = 1;
  row.error = "why";
  EXPECT_EQ(end_text(row), "run 260102-00001 has ended: failed after 1.5s (exit code 1): why");
}

TEST(RunValues, OfAPendingRun) {
  RunRow row{.id = "260102-00001", .status = RunStatus::kPending, .queue = "default", .workflow = "a.json"};
  row.created_at = 1'767'323'045'678'901;
  const LiveView live{.reason = WaitReason{"queue_paused", "queue 'default' is paused"}};
  EXPECT_EQ(
      json(run_value(row, live)),
      R"({"id":"260102-00001","status":"pending","queue":"default","priority":0,"attempt":1,)"
      R"("workflow":"a.json","description":"","created_at":"2026-01-02T03:04:05.678901Z",)"
      R"("started_at":null,"completed_at":null,"duration":null,"exit_code":null,"error":"","info":{},)"
      R"("resources":{},"parameters":{},"timeout":null,"reason":{"code":"queue_paused","text":"queue 'default' is )"
      R"(paused"},"nodes":null,"key":null,"progress":null,"event_bytes":0,"stopping":false,"paused":null,"group":null,)"
      R"("dependencies":{},"group_value":null,"resumes":false})");
}

TEST(RunValues, OfAnEndedRun) {
  RunRow row{.id = "260102-00001", .status = RunStatus::kFailed, .queue = "q", .priority = -3, .attempt = 2};
  row.started_at = 1'767'323'045'000'000;
  row.completed_at = 1'767'323'046'000'000;
  row.duration = 1.0;
  row.exit_code = 1;
  row.error = "why";
  row.info = R"({"shot":"010"})";
  row.resources = R"({"license":2})";
  row.parameters = R"({"frames":"1-10"})";
  row.summary = R"({"executed":1})";
  row.timeout = 90.0;
  row.key = "k";
  row.event_bytes = 17;
  const Value run = run_value(row);
  EXPECT_EQ(at(run, "started_at"), "2026-01-02T03:04:05.000000Z");
  EXPECT_EQ(at(run, "completed_at"), "2026-01-02T03:04:06.000000Z");
  EXPECT_EQ(at(run, "duration"), "1.0");
  EXPECT_EQ(at(run, "exit_code"), "1");
  EXPECT_EQ(at(run, "priority"), "-3");
  EXPECT_EQ(at(run, "info/shot"), "010");
  EXPECT_EQ(at(run, "resources/license"), "2");
  EXPECT_EQ(at(run, "parameters/frames"), "1-10");
  EXPECT_EQ(at(run, "nodes/executed"), "1");
  EXPECT_EQ(at(run, "timeout"), "90.0");
  EXPECT_EQ(at(run, "key"), "k");
  EXPECT_EQ(at(run, "reason"), "null");
  EXPECT_EQ(at(run, "event_bytes"), "17");
}

TEST(RunValues, OfARunningRunHaveItsDurationSoFar) {
  RunRow row{.id = "260102-00001", .status = RunStatus::kRunning};
  const Value run = run_value(row, {.duration = 2.5, .is_stopping = true});
  EXPECT_EQ(at(run, "duration"), "2.5");
  EXPECT_EQ(at(run, "stopping"), "true");
}

TEST(RunValues, SurviveDamagedTexts) {
  RunRow row{.id = "260102-00001", .status = RunStatus::kFailed};
  row.info = "{ half";
  EXPECT_EQ(at(run_value(row), "info"), "{}");
}

TEST(RowDemands, AreThoseOfTheRow) {
  RunRow row;
  EXPECT_TRUE(demands_of(row).empty());
  row.resources = R"({"license":2,"gpu":1,"odd":"text"})";
  EXPECT_THAT(demands_of(row), ElementsAre(Pair("gpu", 1000), Pair("license", 2000)));
}

}  // namespace
}  // namespace vnode::test
