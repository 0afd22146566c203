#include "apps/vnode/show/run_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/vnode/show/run_report.h"
#include "apps/vnode/show/run_table.h"
#include "apps/vnode/terminal/time_text.h"
#include "base/utc_time.h"
#include "model/json_reader.h"

namespace vnode {
namespace {

RunInfo info(std::string_view json) { return read_run_info(parse_json(json).value()); }

TEST(RunInfo, ReadsWhatTheDaemonTells) {
  const RunInfo run =
      info(R"({"id":"261121-00001","status":"pending","queue":"q","workflow":"/a/b.json","priority":3,
      "attempt":2,"created_at":"2026-11-21T18:00:00.000000Z","started_at":null,"duration":null,"exit_code":null,
      "info":{"shot":"010","n":1},"reason":{"code":"queue_full","text":"waits for the queue"},"stopping":false})");
  EXPECT_EQ(run.id, "261121-00001");
  EXPECT_TRUE(run.is_pending());
  EXPECT_FALSE(run.has_ended());
  EXPECT_EQ(run.attempt, 2);
  EXPECT_EQ(run.info, "shot=010, n=1");
  EXPECT_EQ(details_of(run), "waits for the queue");
  EXPECT_TRUE(run.created_at);
  EXPECT_FALSE(run.started_at);
}

TEST(RunInfo, BearsAnything) {
  for (const char* odd :
       {"{}", "[]", "null", R"({"id":1,"status":[],"info":"x","reason":"y","exit_code":"1"})"}) {
    EXPECT_EQ(info(odd).id, "") << odd;
    EXPECT_FALSE(info(odd).has_ended()) << odd;
  }
}

TEST(RunInfo, GivesTheExitCodeOfTheRun) {
  const auto code = [](std::string_view json) { return exit_code_of(info(json)); };
  EXPECT_EQ(code(R"({"status":"completed","exit_code":0})"), kExitSuccess);
  EXPECT_EQ(code(R"({"status":"failed","exit_code":1})"), kExitNodeFailed);
  EXPECT_EQ(code(R"({"status":"failed","exit_code":3})"), kExitInvalid);
  EXPECT_EQ(code(R"({"status":"failed","exit_code":0})"), kExitNodeFailed) << "never a success";
  EXPECT_EQ(code(R"({"status":"failed","exit_code":null})"), kExitNodeFailed);
  EXPECT_EQ(code(R"({"status":"timeout","exit_code":124})"), kExitTimeout);
  EXPECT_EQ(code(R"({"status":"cancelled","exit_code":null})"), kExitCancelled);
  EXPECT_EQ(code(R"({"status":"interrupted","exit_code":143})"), kExitInterrupted);
  EXPECT_EQ(code(R"({"status":"running"})"), kExitTimeout);
}

TEST(RunInfo, ShowsTheMostTellingDetail) {
  EXPECT_EQ(details_of(info(R"({"status":"failed","error":"broke\nat x","description":"d"})")), "broke");
  EXPECT_EQ(details_of(info(R"({"status":"running","stopping":true,"description":"d"})")), "stopping");
  EXPECT_EQ(details_of(info(R"({"status":"completed","description":"d","info":{"a":1}})")), "d; a=1");
}

TEST(RunInfo, SaysThatItIsPaused) {
  const WallTime since = parse_time("2026-11-21T18:00:00Z").value();
  const auto running = [](const char* more) {
    return info(std::string(R"({"status":"running","paused":{"since":"2026-11-21T18:00:00.000000Z",)") +
                more);
  };
  const std::string text = "paused since " + local_time_text(since);
  EXPECT_EQ(details_of(running(R"("processes_stopped":false}})")), text);
  EXPECT_EQ(details_of(running(R"("processes_stopped":true}})")), text + ", processes stopped");
  EXPECT_EQ(details_of(running(R"("processes_stopped":true},"stopping":true})")), "stopping");
  EXPECT_FALSE(info(R"({"status":"running","paused":null})").paused_since);
}

TEST(RunInfo, TimeOfARunningOneGoesOn) {
  const WallTime now = parse_time("2026-11-21T18:00:10Z").value();
  const RunInfo run = info(R"({"status":"running","started_at":"2026-11-21T18:00:00Z","duration":1.0})");
  EXPECT_EQ(duration_of(run, now), 10.0);
  EXPECT_EQ(
      duration_of(info(R"({"status":"failed","started_at":"2026-11-21T18:00:00Z","duration":1.0})"), now),
      1.0);
}

TEST(RunTable, ShowsEndsOfPathsAndAttempts) {
  const WallTime now = parse_time("2026-11-21T18:00:10Z").value();
  const RunInfo run = info(R"({"id":"1","status":"running","queue":"default","workflow":"/show/report.json",
      "attempt":2,"created_at":"2026-11-21T18:00:00Z"})");
  const std::vector<std::string> lines = run_table({run}, now, 0, false);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "ID  STATUS   QUEUE    WORKFLOW     CREATED  TIME  DETAILS");
  EXPECT_EQ(lines[1], "1   running  default  report.json  10s ago        attempt 2");
}

TEST(RunTable, TellsTheAttemptOnceBetweenTwo) {
  const WallTime now = parse_time("2026-11-21T18:00:10Z").value();
  const auto row = [&](std::string_view rest) {
    const RunInfo run = info(R"({"id":"1","workflow":"w","attempt":2,)" + std::string(rest) + "}");
    return run_table({run}, now, 0, false).at(1);
  };
  EXPECT_THAT(row(R"("status":"pending","reason":{"code":"retry","text":"attempt 2 in 5s: waits"})"),
              testing::EndsWith("  attempt 2 in 5s: waits"));
  EXPECT_THAT(row(R"("status":"cancelled","error":"it was cancelled before attempt 2")"),
              testing::EndsWith("  it was cancelled before attempt 2"));
  EXPECT_THAT(row(R"("status":"failed","error":"attempt 21 is not this one")"),
              testing::EndsWith("  attempt 2, attempt 21 is not this one"));
}

TEST(RunReport, TellsWhatIsKnown) {
  const WallTime now = parse_time("2026-11-21T18:00:10Z").value();
  const std::string text = run_text(
      parse_json(
          R"({"id":"1","status":"failed","error":"broke\nbadly","nodes":{"succeeded":2,"failed":1,"skipped":0},
                     "exit_code":1,"resources":{"gpu":1}})")
          .value(),
      now);
  EXPECT_NE(text.find("nodes      2 succeeded, 1 failed\n"), std::string::npos) << text;
  EXPECT_NE(text.find("resources  gpu=1\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("priority"), std::string::npos) << text;
  EXPECT_EQ(text.find("broke\n"), std::string::npos) << "one line a member";
}

TEST(RunInfo, SaysHowLongItWillGoOn) {
  const WallTime now = parse_time("2026-11-21T18:01:40Z").value();
  const auto left = [now](std::string_view progress) {
    return seconds_left(info(R"({"status":"running","started_at":"2026-11-21T18:00:00Z","progress":)" +
                             std::string(progress) + "}"),
                        now);
  };
  EXPECT_NEAR(*left(R"({"nodes":4,"ended":2,"failed":0})"), 100, 0.01) << "a daemon of an earlier version";
  EXPECT_NEAR(*left(R"({"nodes":4,"ended":2,"failed":0,"fraction":0.8,"slowest":null})"), 25, 0.01);
  EXPECT_NEAR(*left(R"({"nodes":4,"ended":2,"failed":0,"fraction":0.5,
                        "slowest":{"started_at":"2026-11-21T18:00:10Z","fraction":0.1}})"),
              810, 0.01);
  EXPECT_FALSE(left(R"({"nodes":4,"ended":0,"failed":0,"fraction":0,"slowest":null})"));
  EXPECT_FALSE(seconds_left(info(R"({"status":"completed","progress":null})"), now));
}

TEST(RunInfo, OfAGroupHasItsRunsAsProgress) {
  const RunInfo group = info(R"({"id":"g1","status":"running","completed_at":null,
      "counts":{"pending":5,"running":1,"completed":2,"failed":1,"cancelled":1,"timeout":0,"interrupted":0}})");
  EXPECT_TRUE(group.is_group);
  ASSERT_TRUE(group.progress);
  EXPECT_EQ(group.progress->nodes, 10u);
  EXPECT_EQ(group.progress->ended, 4u);
  EXPECT_EQ(group.progress->failed, 1u);
}

TEST(RunReport, TellsHowFarARunIs) {
  const Value run = parse_json(R"({"id":"1","status":"running","started_at":"2026-11-21T18:00:00Z","progress":
      {"nodes":4,"ended":2,"failed":1,"fraction":0.5,"slowest":null}})")
                        .value();
  EXPECT_THAT(run_text(run, parse_time("2026-11-21T18:10:00Z").value()),
              testing::HasSubstr("progress  2 of 4 nodes, 50%, 1 failed, ~10m left"));
}

}  // namespace
}  // namespace vnode
