#include "daemon/run_life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum RunEffect;

AttemptEnd end_of(RunStatus status, bool has_event = true) {
  return {.status = status, .exit_code = exit_code_of(status), .error = "why", .has_event = has_event};
}

RunLife running_life(vnode::Attempts attempts = {}, OnInterrupt on_interrupt = OnInterrupt::kFail) {
  RunLife life(attempts, on_interrupt);
  life.its_turn_came();
  life.start_is_stored(attempts.number);
  return life;
}

/// As the table does it.
RunEffects after(RunLife& life, AttemptEnd end) {
  life.attempt_ended(end);
  return life.is_to_be_tried_again() ? life.waits_again() : life.left_its_queue(std::move(end));
}

TEST(RunLives, GoFromTheirTurnToTheirEnd) {
  RunLife life;
  EXPECT_EQ(life.status(), RunStatus::kPending);
  EXPECT_THAT(life.its_turn_came(), ElementsAre(kStoreRunning, kTell));
  EXPECT_EQ(life.status(), RunStatus::kRunning);
  EXPECT_THAT(life.start_is_stored(1), ElementsAre(kStartAttempt));
  EXPECT_THAT(after(life, end_of(RunStatus::kCompleted)), ElementsAre(kAppendEnd, kStoreEnd));
  EXPECT_EQ(life.in<EndingRun>()->event, EndEvent::kHandedOver);
  EXPECT_EQ(life.status(), RunStatus::kRunning) << "an end that is not durable is not told";
  EXPECT_THAT(life.end_is_stored(), ElementsAre(kRelease, kTell));
  EXPECT_EQ(life.status(), RunStatus::kCompleted);
}

TEST(RunLives, AreTriedAgainAfterAFailureWhileRetriesAreLeft) {
  for (const RunStatus failure : {RunStatus::kFailed, RunStatus::kTimeout}) {
    RunLife life = running_life({.retries_left = 1});
    EXPECT_THAT(after(life, end_of(failure)), ElementsAre(kDropEnd, kStorePending, kTell));
    EXPECT_EQ(life.attempts().number, 2);
    EXPECT_EQ(life.attempts().retries_left, 0);
    life.its_turn_came();
    EXPECT_THAT(life.start_is_stored(1), IsEmpty()) << "an answer to the attempt before";
    life.start_is_stored(2);
    EXPECT_THAT(after(life, end_of(failure)), ElementsAre(kAppendEnd, kStoreEnd));
    EXPECT_EQ(life.in<EndingRun>()->end.status, table_status(failure));
  }
}

TEST(RunLives, EndWithWhatIsInvalid) {
  RunLife life = running_life({.retries_left = 1});
  EXPECT_THAT(after(life, end_of(RunStatus::kInvalid)), ElementsAre(kAppendEnd, kStoreEnd));
  EXPECT_EQ(life.in<EndingRun>()->end.status, RunStatus::kFailed) << "as a table has it";
  EXPECT_EQ(life.attempts().number, 1);
}

TEST(RunLives, HaveNoFurtherAttemptThatWouldEndInTheSameWay) {
  for (const RunStatus status : {RunStatus::kInterrupted, RunStatus::kFailed}) {
    RunLife life = running_life({.retries_left = 3}, OnInterrupt::kRetry);
    AttemptEnd end = end_of(status);
    end.is_final = true;
    EXPECT_THAT(after(life, std::move(end)), ElementsAre(kAppendEnd, kStoreEnd));
    EXPECT_EQ(life.in<EndingRun>()->end.status, status);
  }
}

TEST(RunLives, DoNotCountAnInterruptionAsAFailure) {
  RunLife life = running_life({.retries_left = 1}, OnInterrupt::kRetry);
  EXPECT_THAT(after(life, end_of(RunStatus::kInterrupted)), ElementsAre(kDropEnd, kStorePending, kTell));
  EXPECT_EQ(life.attempts().number, 2);
  EXPECT_EQ(life.attempts().retries_left, 1);
  RunLife other = running_life({.retries_left = 1});
  EXPECT_THAT(after(other, end_of(RunStatus::kInterrupted)), ElementsAre(kAppendEnd, kStoreEnd));
}

TEST(RunLives, WaitAgainWhenAShutdownComesBeforeTheyHaveBegun) {
  RunLife life;
  life.its_turn_came();
  EXPECT_THAT(after(life, end_of(RunStatus::kInterrupted, false)),
              ElementsAre(kDropEnd, kStorePending, kTell));
  EXPECT_EQ(life.attempts().number, 1);
  EXPECT_EQ(life.status(), RunStatus::kPending);
}

TEST(RunLives, HaveNoFurtherAttemptOnceTheyAreCancelled) {
  RunLife life = running_life({.retries_left = 5}, OnInterrupt::kRetry);
  EXPECT_THAT(life.cancel(), ElementsAre(kStop));
  EXPECT_THAT(after(life, end_of(RunStatus::kFailed)), ElementsAre(kAppendEnd, kStoreEnd));
  EXPECT_EQ(life.in<EndingRun>()->end.status, RunStatus::kFailed) << "it made it to another end";
  EXPECT_THAT(life.cancel(), IsEmpty());
}

TEST(RunLives, EndAsCancelledWhenAShutdownWasQuicker) {
  RunLife life = running_life({}, OnInterrupt::kRetry);
  life.cancel();
  after(life, end_of(RunStatus::kInterrupted));
  EXPECT_EQ(life.in<EndingRun>()->end.status, RunStatus::kCancelled);
  EXPECT_EQ(life.in<EndingRun>()->end.exit_code, kExitCancelled);
  EXPECT_EQ(life.in<EndingRun>()->event, EndEvent::kOwn) << "the attempt's own event says something else";
}

TEST(RunLives, MayEndBeforeTheyBegin) {
  RunLife life({.number = 2});
  life.cancel();
  EXPECT_THAT(life.left_its_queue(end_of(RunStatus::kCancelled, false)), ElementsAre(kAppendEnd, kStoreEnd));
  EXPECT_EQ(life.in<EndingRun>()->event, EndEvent::kUnstarted);
  EXPECT_EQ(life.status(), RunStatus::kPending);
  EXPECT_THAT(life.its_turn_came(), IsEmpty());
}

// ---- after a restart

RunLife found(const FoundRun& run, OnInterrupt on_interrupt, RunEffects& effects) {
  RunLife life({}, on_interrupt);
  effects = life.was_found(run);
  return life;
}

TEST(RunLives, ThatAreFoundGoOnWhereTheyWere) {
  RunEffects effects;
  EXPECT_EQ(found({.attempt = 3, .retries_left = 2}, OnInterrupt::kFail, effects).attempts().number, 3);
  EXPECT_THAT(effects, IsEmpty());
  found({.attempt = 1, .has_events = true}, OnInterrupt::kFail, effects);
  EXPECT_THAT(effects, ElementsAre(kCutEvents));
  found({.attempt = 2, .has_events = true}, OnInterrupt::kFail, effects);
  EXPECT_THAT(effects, IsEmpty()) << "of the attempt before";
}

TEST(RunLives, ThatAreFoundTakeTheEndFromTheirEvents) {
  RunEffects effects;
  for (const bool was_running : {false, true}) {
    const RunLife life =
        found({.was_running = was_running, .has_events = true, .end = end_of(RunStatus::kInvalid)},
              OnInterrupt::kRetry, effects);
    EXPECT_THAT(effects, ElementsAre(kStoreEnd));
    EXPECT_EQ(life.in<EndingRun>()->end.status, RunStatus::kFailed);
    EXPECT_EQ(life.in<EndingRun>()->event, EndEvent::kInFile);
  }
}

TEST(RunLives, ThatAreFoundInTheMiddleWereInterrupted) {
  RunEffects effects;
  RunLife life = found({.was_running = true, .has_events = true}, OnInterrupt::kFail, effects);
  EXPECT_THAT(effects, ElementsAre(kAppendEnd, kStoreEnd));
  EXPECT_EQ(life.in<EndingRun>()->event, EndEvent::kOwn);
  EXPECT_EQ(life.in<EndingRun>()->end.exit_code, kExitInterrupted);
  life = found({.was_running = true}, OnInterrupt::kFail, effects);
  EXPECT_EQ(life.in<EndingRun>()->event, EndEvent::kUnstarted);
  life = found({.was_running = true, .attempt = 2, .has_events = true}, OnInterrupt::kRetry, effects);
  EXPECT_THAT(effects, ElementsAre(kDropEnd, kStorePending, kTell));
  EXPECT_EQ(life.attempts().number, 3);
}

TEST(RunLives, EndWhenTheyCannotBegin) {
  RunLife life;
  const AttemptEnd refused{.status = RunStatus::kCancelled, .exit_code = 1, .error = "dependency_failed: x"};
  EXPECT_EQ(life.cannot_begin(refused), RunEffects{RunEffect::kStop});
  EXPECT_EQ(life.cannot_begin(refused), RunEffects{}) << "once";
  EXPECT_EQ(life.cancel(), RunEffects{}) << "it ends as it is";
  life.left_its_queue({.status = RunStatus::kCancelled, .exit_code = 130, .error = "cancelled"});
  const auto* ending = life.in<EndingRun>();
  ASSERT_NE(ending, nullptr);
  EXPECT_EQ(ending->end.exit_code, 1);
  EXPECT_EQ(ending->end.error, "dependency_failed: x");
  EXPECT_EQ(ending->event, EndEvent::kUnstarted);
}

TEST(RunLives, BeginAgainWhenSomebodyTriesThemAgain) {
  RunLife life =
      RunLife::ended({{.number = 2, .retries_left = 1, .is_cancelled = true}, {.status = RunStatus::kFailed}},
                     OnInterrupt::kFail);
  EXPECT_EQ(life.retry(), (RunEffects{RunEffect::kStorePending, RunEffect::kTell}));
  EXPECT_EQ(life.status(), RunStatus::kPending);
  EXPECT_EQ(life.attempts().number, 3);
  EXPECT_EQ(life.attempts().retries_left, 1);
  EXPECT_FALSE(life.attempts().is_cancelled);
  EXPECT_EQ(life.retry(), RunEffects{}) << "it has not ended";
  EXPECT_FALSE(life.attempts().resumes);
}

TEST(RunLives, GoOnFromTheirJournalsWhereTheyAreToAndNowhereElse) {
  RunEffects effects;
  const FoundRun cut_off{.was_running = true, .attempt = 2, .has_events = true};
  EXPECT_TRUE(found(cut_off, OnInterrupt::kResume, effects).attempts().resumes);
  EXPECT_FALSE(found(cut_off, OnInterrupt::kRetry, effects).attempts().resumes);
  EXPECT_TRUE(found({.attempt = 2, .resumes = true}, OnInterrupt::kFail, effects).attempts().resumes);
  RunLife life = running_life({.retries_left = 1, .resumes = true}, OnInterrupt::kResume);
  after(life, end_of(RunStatus::kFailed));
  life.waits_again();
  EXPECT_FALSE(life.attempts().resumes) << "a retry after a failure begins from the beginning";
  life = RunLife({.number = 2, .resumes = true}, OnInterrupt::kFail);
  life.its_turn_came();
  life.attempt_ended(end_of(RunStatus::kInterrupted, false));
  life.waits_again();
  EXPECT_TRUE(life.attempts().resumes) << "it was stopped before it began";
  life = RunLife::ended({{}, {.status = RunStatus::kFailed}}, OnInterrupt::kFail);
  life.retry(true);
  EXPECT_TRUE(life.attempts().resumes);
}

}  // namespace
}  // namespace vnode::test
