// Every order of what can happen to a run, with a crash at every point, against the promise of rule 12: one
// terminal state, reached once; nothing told before it is durable; no node before the start is durable.
#include <gtest/gtest.h>

#include <deque>
#include <set>
#include <sstream>

#include "daemon/run_life.h"

namespace vnode::test {
namespace {

constexpr int kMostAttempts = 4;

/// What is on its way to the store, in order.
struct StoreWrite {
  RunStatus status = RunStatus::kPending;
  vnode::Attempts attempts;
  AttemptEnd end;
  bool is_to_append = false;  ///< to the event file, before
};

/// One daemon with one run, and what survives when it is killed.
struct RunWorld {
  // Durable.
  RunStatus stored = RunStatus::kPending;
  vnode::Attempts stored_attempts;
  std::optional<AttemptEnd> stored_end;
  bool has_events = false;
  std::optional<AttemptEnd> end_in_file;
  OnInterrupt on_interrupt = OnInterrupt::kFail;

  // Of this daemon.
  RunLife life;
  std::deque<StoreWrite> writes;
  bool has_work = false;  ///< an attempt is under way
  bool is_stopped = false;
  bool is_shutting_down = false;
  bool is_told_cancelled = false;

  // What the promise is held against.
  int started = 0;  ///< the last attempt that began
  int failures = 0;
  int retries = 0;
  bool is_end_told = false;

  std::string key() const {
    std::ostringstream out;
    const vnode::Attempts& now = life.attempts();
    const auto write_end = [&out](const AttemptEnd& end) {
      out << static_cast<int>(end.status) << end.has_event << ',';
    };
    out << static_cast<int>(stored) << ' ' << stored_attempts.number << ' ' << stored_attempts.retries_left
        << ' ' << has_events << ' ' << life.state().index() << ' ' << now.number << ' ' << now.retries_left
        << now.resumes << ' ' << now.is_cancelled << ' ' << has_work << is_stopped << is_shutting_down
        << is_told_cancelled << is_end_told << static_cast<int>(on_interrupt) << ' ' << started << ' '
        << failures << ' ' << retries << ' ';
    if (stored_end) write_end(*stored_end);
    out << ';';
    if (end_in_file) write_end(*end_in_file);
    out << ';';
    if (const auto* ending = life.in<EndingRun>()) write_end(ending->end);
    for (const StoreWrite& write : writes) {
      out << '|' << static_cast<int>(write.status) << ' ' << write.attempts.number << ' '
          << write.attempts.retries_left << write.is_to_append;
      write_end(write.end);
    }
    return out.str();
  }

  void carry_out(const RunEffects& effects) {
    bool appends = false;
    for (const RunEffect effect : effects) {
      switch (effect) {
        case RunEffect::kStoreRunning:
          writes.push_back({.status = RunStatus::kRunning, .attempts = life.attempts()});
          break;
        case RunEffect::kStartAttempt:
          begin();
          break;
        case RunEffect::kStop:
          is_stopped = true;
          is_told_cancelled = true;
          break;
        case RunEffect::kCutEvents:
          has_events = false;
          break;
        case RunEffect::kStorePending:
          writes.push_back({.status = RunStatus::kPending, .attempts = life.attempts()});
          break;
        case RunEffect::kAppendEnd:
          appends = true;
          break;
        case RunEffect::kStoreEnd:
          end(appends);
          break;
        case RunEffect::kRelease:
          EXPECT_TRUE(stored_end) << "shown before it is durable: " << key();
          break;
        case RunEffect::kTell:
          tell();
          break;
        case RunEffect::kDropEnd:
          break;
      }
    }
  }

  void begin() {
    EXPECT_EQ(stored, RunStatus::kRunning) << "begins before that is durable: " << key();
    EXPECT_EQ(stored_attempts.number, life.attempts().number) << key();
    EXPECT_GT(life.attempts().number, started) << "the same attempt twice: " << key();
    EXPECT_FALSE(is_told_cancelled && !is_stopped) << key();
    started = life.attempts().number;
    has_work = true;
    has_events = true;
  }

  void end(bool appends) {
    const auto* ending = life.in<EndingRun>();
    ASSERT_TRUE(ending) << key();
    EXPECT_EQ(appends, ending->event != EndEvent::kInFile) << key();
    if (ending->event == EndEvent::kHandedOver) {
      EXPECT_TRUE(ending->end.has_event) << key();
    }
    writes.push_back({.status = ending->end.status,
                      .attempts = ending->attempts,
                      .end = ending->end,
                      .is_to_append = appends});
  }

  void tell() {
    if (!is_ended(life.status())) return;
    EXPECT_TRUE(stored_end) << "told before it is durable: " << key();
    EXPECT_FALSE(is_end_told) << "told twice: " << key();
    is_end_told = true;
  }

  // ---- what can happen

  void attempt_ends(RunStatus status, bool has_event) {
    has_work = false;
    if (is_failure(status)) ++failures;
    AttemptEnd end{.status = status, .exit_code = exit_code_of(status), .has_event = has_event};
    life.attempt_ended(end);
    carry_out(life.is_to_be_tried_again() ? life.waits_again() : life.left_its_queue(end));
    EXPECT_LE(failures, retries + 1) << key();
    if (life.in<PendingRun>()) {
      EXPECT_FALSE(is_told_cancelled) << "cancelled, and yet queued again: " << key();
    }
  }

  /// The first part of the first write, or the second one.
  void store_goes_on() {
    StoreWrite& write = writes.front();
    if (std::exchange(write.is_to_append, false)) {
      EXPECT_FALSE(end_in_file) << "two ends in the events: " << key();
      end_in_file = write.end;
      has_events = true;
      return;
    }
    EXPECT_FALSE(stored_end) << "changed after its end: " << key();
    const StoreWrite done = write;
    writes.pop_front();
    stored = done.status;
    stored_attempts = done.attempts;
    if (done.status == RunStatus::kRunning) {
      carry_out(life.start_is_stored(done.attempts.number));
    } else if (is_ended(done.status)) {
      stored_end = done.end;
      ASSERT_TRUE(end_in_file) << key();
      EXPECT_EQ(end_in_file->status, stored_end->status) << key();
      carry_out(life.end_is_stored());
    }
  }

  /// Killed, and another daemon takes up what is there.
  void crash() {
    writes.clear();
    has_work = is_stopped = is_shutting_down = is_told_cancelled = false;
    life = RunLife({}, on_interrupt);
    if (stored_end) return;
    failures = retries - stored_attempts.retries_left;  // what is not durable did not happen
    std::optional<AttemptEnd> in_file = end_in_file;
    if (in_file) in_file->has_event = false;
    carry_out(life.was_found({.was_running = stored == RunStatus::kRunning,
                              .attempt = stored_attempts.number,
                              .retries_left = stored_attempts.retries_left,
                              .has_events = has_events,
                              .resumes = stored_attempts.resumes,
                              .end = in_file}));
  }
};

/// All that may come next.
std::vector<RunWorld> nexts(const RunWorld& world) {
  std::vector<RunWorld> all;
  const auto next = [&](const auto& happens) {
    all.push_back(world);
    happens(all.back());
  };
  if (!world.writes.empty()) next([](RunWorld& w) { w.store_goes_on(); });
  if (!world.stored_end && world.life.attempts().number < kMostAttempts) next([](RunWorld& w) { w.crash(); });
  const bool is_pending = world.life.in<PendingRun>() != nullptr;
  if (is_pending && !world.is_stopped && !world.is_shutting_down && !world.stored_end) {
    next([](RunWorld& w) { w.carry_out(w.life.its_turn_came()); });
  }
  if (is_pending && world.is_stopped) {
    next([](RunWorld& w) { w.carry_out(w.life.left_its_queue({.status = RunStatus::kCancelled})); });
  }
  if (world.life.may_be_cancelled() && !world.stored_end)
    next([](RunWorld& w) { w.carry_out(w.life.cancel()); });
  if (!world.is_shutting_down && !world.stored_end) next([](RunWorld& w) { w.is_shutting_down = true; });
  const bool is_starting = world.life.in<StartingRun>() != nullptr;
  if (is_starting && (world.is_stopped || world.is_shutting_down)) {
    const RunStatus status = world.is_stopped ? RunStatus::kCancelled : RunStatus::kInterrupted;
    next([status](RunWorld& w) { w.attempt_ends(status, false); });
  }
  if (world.has_work) {
    for (const RunStatus status : {RunStatus::kCompleted, RunStatus::kFailed, RunStatus::kTimeout}) {
      for (const bool has_event : {true, false}) {
        next([status, has_event](RunWorld& w) { w.attempt_ends(status, has_event); });
      }
    }
    if (world.is_stopped) next([](RunWorld& w) { w.attempt_ends(RunStatus::kCancelled, true); });
    if (world.is_shutting_down) next([](RunWorld& w) { w.attempt_ends(RunStatus::kInterrupted, true); });
  }
  return all;
}

/// From any point on: when nothing bad happens any more the run comes to its end.
void expect_comes_to_its_end(RunWorld world) {
  if (world.is_shutting_down) world.crash();
  for (int i = 0; i < 100 && !world.stored_end; ++i) {
    if (!world.writes.empty()) {
      world.store_goes_on();
    } else if (world.has_work) {
      world.attempt_ends(RunStatus::kCompleted, true);
    } else if (world.is_stopped) {
      world.carry_out(world.life.left_its_queue({.status = RunStatus::kCancelled}));
    } else {
      world.carry_out(world.life.its_turn_came());
    }
  }
  EXPECT_TRUE(world.stored_end) << world.key();
}

/// Returns how many different worlds there are.
std::size_t explore(int retries, OnInterrupt on_interrupt) {
  RunWorld first;
  first.retries = retries;
  first.stored_attempts.retries_left = retries;
  first.on_interrupt = on_interrupt;
  first.life = RunLife(first.stored_attempts, on_interrupt);
  std::set<std::string> seen = {first.key()};
  std::deque<RunWorld> open = {first};
  while (!open.empty() && !testing::Test::HasFailure()) {
    const RunWorld world = std::move(open.front());
    open.pop_front();
    expect_comes_to_its_end(world);
    for (RunWorld& next : nexts(world)) {
      if (seen.insert(next.key()).second) open.push_back(std::move(next));
    }
  }
  return seen.size();
}

TEST(RunLifeProperty, KeepsThePromiseInEveryOrderAndWithEveryCrash) {
  std::size_t worlds = 0;
  for (const int retries : {0, 1, 2}) {
    for (const OnInterrupt on_interrupt : {OnInterrupt::kFail, OnInterrupt::kRetry, OnInterrupt::kResume})
      worlds += explore(retries, on_interrupt);
  }
  EXPECT_GT(worlds, 1000U) << "there are fewer orders than there should be";
  RecordProperty("worlds", static_cast<int>(worlds));
}

}  // namespace
}  // namespace vnode::test
