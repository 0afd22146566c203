#include "report/run_record.h"

#include <gtest/gtest.h>

#include "unit/report/event_lines.h"

namespace vnode {
namespace {

using test::EventLines;
using test::kNode;
using test::kOther;
using test::record_of;

TEST(RunRecord, HasOneRecordOfALoop) {
  EventLines lines;
  lines.start();
  for (int i = 0; i < 5; ++i) lines.started(kNode).finished(kNode, "success");
  const RunRecord run = record_of(lines.end("completed").text());
  ASSERT_EQ(run.nodes().size(), 1U);
  EXPECT_EQ(run.nodes()[0].executions, 5U);
  EXPECT_DOUBLE_EQ(run.nodes()[0].seconds, 1.25);
  EXPECT_EQ(run.nodes()[0].state, OutcomeState::kSucceeded);
  EXPECT_EQ(run.status, "completed");
}

TEST(RunRecord, HasOneOfEachItemOfAMap) {
  EventLines lines;
  lines.start();
  lines.started(kNode, R"(,"iteration":[0])").started(kNode, R"(,"iteration":[1])");
  lines.finished(kNode, "success", R"(,"iteration":[0])").finished(kNode, "failed", R"(,"iteration":[1])");
  const RunRecord run = record_of(lines.text());
  ASSERT_EQ(run.nodes().size(), 2U);
  EXPECT_EQ(run.nodes()[1].label(), "render 00000000 [item 1]");
  const RunOutcomes outcomes = run.outcomes();
  ASSERT_EQ(outcomes.nodes.size(), 1U);
  EXPECT_EQ(outcomes.nodes.begin()->second.state, OutcomeState::kFailed) << "the worst counts in a picture";
  EXPECT_EQ(outcomes.nodes.begin()->second.executions, 2U);
}

TEST(RunRecord, NamesNodesSoThatTheyCanBeToldApart) {
  RunRecord run = record_of(EventLines().start().started(kNode).text());
  EXPECT_EQ(run.nodes()[0].label(), "render 00000000");
  run = record_of(EventLines().start().started(kNode).started(kOther).text());
  EXPECT_EQ(run.nodes()[0].label(), "render " + std::string(kNode));
  EXPECT_EQ(run.nodes()[1].label(), "render " + std::string(kOther));
}

TEST(RunRecord, CountsRetriesAsOneExecution) {
  const RunRecord run = record_of(EventLines()
                                      .start()
                                      .started(kNode)
                                      .node("node_error", kNode, R"("message":"no","handled":true)")
                                      .finished(kNode, "retried")
                                      .node("node_started", kNode, R"("try":2)")
                                      .finished(kNode, "success")
                                      .text());
  EXPECT_EQ(run.nodes()[0].executions, 1U);
  EXPECT_EQ(run.nodes()[0].retries, 1U);
  EXPECT_FALSE(run.nodes()[0].has_failed());
}

TEST(RunRecord, TellsFailuresFromHandledOnes) {
  const RunRecord run = record_of(EventLines()
                                      .start()
                                      .finished(kNode, "failed", R"(,"handled":true)")
                                      .node("node_log", kOther, R"("level":"error","message":"bad")")
                                      .finished(kOther, "success")
                                      .text());
  EXPECT_FALSE(run.nodes()[0].has_failed());
  EXPECT_EQ(run.nodes()[0].state, OutcomeState::kHandled);
  EXPECT_TRUE(run.nodes()[1].has_failed()) << "logged an error";
  EXPECT_EQ(run.nodes()[1].failure_message(), "bad");
}

TEST(RunRecord, IsOfTheLastAttempt) {
  const RunRecord run = record_of(EventLines()
                                      .start(1)
                                      .finished(kNode, "failed")
                                      .end("interrupted")
                                      .start(2)
                                      .finished(kOther, "success")
                                      .end("completed")
                                      .text());
  ASSERT_EQ(run.nodes().size(), 1U);
  EXPECT_EQ(run.nodes()[0].id, kOther);
  EXPECT_EQ(run.attempt, 2);
  EXPECT_EQ(run.earlier_attempts, 1U);
}

TEST(RunRecord, KeepsOnlySomeOfALongText) {
  const std::string long_text(10'000'000, 'x');
  const RunRecord run = record_of(
      EventLines()
          .start()
          .node("node_error", kNode, R"("message":")" + long_text + R"(","detail":")" + long_text + "\"")
          .finished(kNode, "failed")
          .text());
  EXPECT_LT(run.nodes()[0].message.size(), 5'000U);
  EXPECT_LT(run.nodes()[0].detail.size(), 40'000U);
}

}  // namespace
}  // namespace vnode
