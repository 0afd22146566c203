#include "daemon/run_life.h"

#include <utility>

namespace vnode {
namespace {

AttemptEnd plain_end(RunStatus status) {
  return {.status = status, .exit_code = exit_code_of(status), .error = std::string(sentence_of(status))};
}

/// Nobody was there to stop it.
AttemptEnd lost_end() {
  AttemptEnd end = plain_end(RunStatus::kInterrupted);
  end.error = "the daemon or the machine went down while the run was running";
  return end;
}

}  // namespace

RunEffects RunLife::its_turn_came() {
  const auto* pending = in<PendingRun>();
  if (!pending) return {};
  state_ = StartingRun{pending->attempts};
  return {RunEffect::kStoreRunning, RunEffect::kTell};
}

RunEffects RunLife::start_is_stored(int attempt) {
  const auto* starting = in<StartingRun>();
  if (!starting || starting->attempts.number != attempt) return {};
  state_ = RunningRun{starting->attempts};
  return {RunEffect::kStartAttempt};
}

void RunLife::attempt_ended(AttemptEnd end) {
  if (!in<StartingRun>() && !in<RunningRun>()) return;
  state_ = DecidingRun{attempts(), in<RunningRun>() != nullptr, std::move(end)};
}

bool RunLife::is_to_be_tried_again() const {
  const auto* deciding = in<DecidingRun>();
  if (!deciding || deciding->attempts.is_cancelled || deciding->end.is_final) return false;
  // What was stopped before it began is as it was before its turn came.
  if (deciding->end.status == RunStatus::kInterrupted)
    return !deciding->has_begun || on_interrupt_ != OnInterrupt::kFail;
  return is_failure(deciding->end.status) && deciding->attempts.retries_left > 0;
}

RunEffects RunLife::waits_again() {
  const auto* deciding = in<DecidingRun>();
  if (!deciding) return {};
  Attempts next = deciding->attempts;
  const bool is_interrupted = deciding->end.status == RunStatus::kInterrupted;
  if (deciding->has_begun) ++next.number;
  // One that was stopped before it began is to begin as it was.
  if (deciding->has_begun) next.resumes = is_interrupted && on_interrupt_ == OnInterrupt::kResume;
  // An interruption is no failure of the run.
  if (!is_interrupted) --next.retries_left;
  state_ = PendingRun{next};
  return {RunEffect::kDropEnd, RunEffect::kStorePending, RunEffect::kTell};
}

RunEffects RunLife::left_its_queue(AttemptEnd end) {
  if (!may_be_cancelled()) return {};
  if (auto* pending = std::get_if<PendingRun>(&state_); pending && pending->refusal) {
    return end_as(false, std::move(*pending->refusal));
  }
  auto* deciding = std::get_if<DecidingRun>(&state_);
  if (!deciding) return end_as(in<RunningRun>() != nullptr, std::move(end));
  // A shutdown stopped it before the cancel that somebody was told of.
  const bool is_cancel = deciding->end.status == RunStatus::kInterrupted && deciding->attempts.is_cancelled;
  return end_as(deciding->has_begun, is_cancel ? plain_end(RunStatus::kCancelled) : std::move(deciding->end));
}

RunEffects RunLife::end_as(bool has_begun, AttemptEnd end) {
  const EndEvent event = end.has_event ? EndEvent::kHandedOver
                         : has_begun   ? EndEvent::kOwn
                                       : EndEvent::kUnstarted;
  end.status = table_status(end.status);
  state_ = EndingRun{attempts(), has_begun, std::move(end), event};
  return {RunEffect::kAppendEnd, RunEffect::kStoreEnd};
}

RunEffects RunLife::cancel() {
  const auto* pending = in<PendingRun>();
  if (!may_be_cancelled() || (pending && pending->refusal)) return {};
  mutable_attempts().is_cancelled = true;
  return {RunEffect::kStop};
}

RunEffects RunLife::cannot_begin(AttemptEnd end) {
  auto* pending = std::get_if<PendingRun>(&state_);
  // Who was told that it will be cancelled finds it so.
  if (!pending || pending->attempts.is_cancelled || pending->refusal) return {};
  pending->refusal = std::move(end);
  return {RunEffect::kStop};
}

RunEffects RunLife::retry(bool resumes) {
  const auto* settled = in<SettledRun>();
  if (!settled) return {};
  state_ = PendingRun{{.number = settled->attempts.number + 1,
                       .retries_left = settled->attempts.retries_left,
                       .resumes = resumes}};
  return {RunEffect::kStorePending, RunEffect::kTell};
}

RunEffects RunLife::end_is_stored() {
  const auto* ending = in<EndingRun>();
  if (!ending) return {};
  state_ = SettledRun{ending->attempts, ending->end};
  return {RunEffect::kRelease, RunEffect::kTell};
}

RunEffects RunLife::was_found(const FoundRun& found) {
  const Attempts attempts{
      .number = found.attempt, .retries_left = found.retries_left, .resumes = found.resumes};
  if (found.end) {
    AttemptEnd end = *found.end;
    end.status = table_status(end.status);
    state_ = EndingRun{attempts, found.was_running, std::move(end), EndEvent::kInFile};
    return {RunEffect::kStoreEnd};
  }
  state_ = PendingRun{attempts};
  if (!found.was_running) {
    // It has not begun, so it has no events.
    const bool has_rest = found.has_events && found.attempt == 1;
    return has_rest ? RunEffects{RunEffect::kCutEvents} : RunEffects{};
  }
  state_ = DecidingRun{attempts, true, lost_end()};
  if (is_to_be_tried_again()) return waits_again();
  return end_as(found.has_events, std::get<DecidingRun>(state_).end);
}

RunStatus RunLife::status() const {
  if (const auto* settled = in<SettledRun>()) return settled->end.status;
  if (const auto* ending = in<EndingRun>()) {
    return ending->has_begun ? RunStatus::kRunning : RunStatus::kPending;
  }
  return in<PendingRun>() ? RunStatus::kPending : RunStatus::kRunning;
}

const Attempts& RunLife::attempts() const {
  return std::visit([](const auto& state) -> const Attempts& { return state.attempts; }, state_);
}

Attempts& RunLife::mutable_attempts() {
  return std::visit([](auto& state) -> Attempts& { return state.attempts; }, state_);
}

}  // namespace vnode
