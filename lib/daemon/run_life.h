#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/run_status.h"

/// The one life of a run (rule 12): where it stands, and what has to be done when something happens to it.
/// Nothing else decides whether another attempt follows, which state is stored, and where the last event
/// comes from.
///
/// Pure: no disk, no time, no threads. Whoever has a RunLife tells it what has happened and carries out the
/// effects that come back, in their order. Live runs and those that are found after a restart take the same
/// way.
namespace vnode {

/// How an attempt of a run has ended, or a run that never began.
struct AttemptEnd {
  RunStatus status = RunStatus::kCompleted;  ///< a terminal one
  int exit_code = 0;
  std::string error = {};
  bool is_final = false;   ///< another attempt would end in the same way
  bool has_event = false;  ///< its last event was handed over with it, and is not in the event file yet
};

/// Where the last event of a run comes from.
enum class EndEvent : std::uint8_t {
  kHandedOver,  ///< the last attempt has handed it over
  kOwn,         ///< made for the run: the attempt has left none, or one that says something else
  kUnstarted,   ///< made, with the `execution_started` before it: no attempt of this number has begun
  kInFile,      ///< a crash came between the event file and the store
};

// What is valid in each state, and nothing else.

/// The attempt that runs or comes next, and what is left of what was promised.
struct Attempts {
  int number = 1;
  int retries_left = 0;
  bool is_cancelled = false;  ///< somebody was told that it would be: no further attempt
  bool resumes = false;       ///< the attempt goes on from the journal of the one before
};
/// How rows say that an attempt resumes (RunRow::resume), where nothing more is to be said of it.
inline std::string resume_text(const Attempts& attempts) { return attempts.resumes ? "{}" : ""; }

/// Waits for its turn.
struct PendingRun {
  Attempts attempts;
  std::optional<AttemptEnd> refusal = {};  ///< its turn will not come: it ends so
};
/// Its turn has come; until that is durable nothing of it runs.
struct StartingRun {
  Attempts attempts;
};
struct RunningRun {
  Attempts attempts;
};
/// An attempt has ended, and those who have it ask whether another one follows.
struct DecidingRun {
  Attempts attempts;
  bool has_begun = false;  ///< the attempt; it may have been stopped before
  AttemptEnd end;
};
/// The end is on its way into the event file and then into the store; nobody is told before.
struct EndingRun {
  Attempts attempts;
  bool has_begun = false;
  AttemptEnd end;
  EndEvent event = EndEvent::kOwn;
};
/// Over, and durable.
struct SettledRun {
  Attempts attempts;
  AttemptEnd end;
};

enum class RunEffect : std::uint8_t {
  kStoreRunning,  ///< then `start_is_stored`
  kStartAttempt,
  kStop,     ///< ask the attempt, or the queue that it waits in, to give it up
  kDropEnd,  ///< the event that was handed over is not the run's last: the next attempt goes on with the file
  kCutEvents,  ///< what is left of writing an end that was never complete goes
  kStorePending,
  kAppendEnd,  ///< to the event file, as `EndingRun::event` says
  kStoreEnd,   ///< then `end_is_stored`
  kRelease,    ///< the last event may be read
  kTell,       ///< whoever watches: the state is another one
};
using RunEffects = std::vector<RunEffect>;

/// What a store and an event file say of a run whose daemon went away.
struct FoundRun {
  bool was_running = false;  ///< else it was pending
  int attempt = 1;
  int retries_left = 0;
  bool has_events = false;
  bool resumes = false;           ///< as Attempts have it
  std::optional<AttemptEnd> end;  ///< of the last event, if it is `execution_finished`
};

/// What becomes of a run whose daemon goes away while it runs.
enum class OnInterrupt : std::uint8_t {
  kFail,    ///< it ends
  kRetry,   ///< another attempt begins, from the beginning
  kResume,  ///< another one goes on from its journal
};

class RunLife {
 public:
  using State = std::variant<PendingRun, StartingRun, RunningRun, DecidingRun, EndingRun, SettledRun>;

  explicit RunLife(Attempts attempts = {}, OnInterrupt on_interrupt = OnInterrupt::kFail)
      : on_interrupt_(on_interrupt), state_(PendingRun{attempts}) {}
  /// Of a run that is over, as the store has it.
  static RunLife ended(SettledRun settled, OnInterrupt on_interrupt) {
    RunLife life({}, on_interrupt);
    life.state_ = std::move(settled);
    return life;
  }

  // ---- what happens. Where it makes no sense any more (an answer that comes late) nothing is to be done.

  RunEffects its_turn_came();
  RunEffects start_is_stored(int attempt);
  /// An attempt has ended so; `is_to_be_tried_again` can be asked now. Then either of the next two comes.
  void attempt_ended(AttemptEnd end);
  RunEffects waits_again();
  /// It has left its queue for good. `end` counts where no attempt has said how it ended: cancelled while it
  /// was pending, or work that could not even be made.
  RunEffects left_its_queue(AttemptEnd end);
  RunEffects cancel();
  /// What it waits for cannot come true any more: one that is pending ends so.
  RunEffects cannot_begin(AttemptEnd end);
  /// Somebody wants another attempt of a run that is over: one that resumes, or from the beginning.
  RunEffects retry(bool resumes = false);
  RunEffects end_is_stored();
  /// After a restart, instead of all that came before.
  RunEffects was_found(const FoundRun& found);

  // ---- where it stands

  const State& state() const { return state_; }
  template <class In>
  const In* in() const {
    return std::get_if<In>(&state_);
  }
  /// Valid while deciding: the one place where this is decided.
  bool is_to_be_tried_again() const;
  /// What others may be told: an end only once it is durable.
  RunStatus status() const;
  const Attempts& attempts() const;
  /// Somebody may still be told that it will be cancelled.
  bool may_be_cancelled() const { return !in<EndingRun>() && !in<SettledRun>(); }

 private:
  Attempts& mutable_attempts();
  RunEffects end_as(bool has_begun, AttemptEnd end);

  OnInterrupt on_interrupt_;
  State state_;
};

}  // namespace vnode
