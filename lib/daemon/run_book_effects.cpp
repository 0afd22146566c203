// The part of RunBook that carries out what a run's life asks for (run_life.h).
#include <algorithm>

#include "base/heap.h"
#include "daemon/run_book.h"
#include "daemon/run_row_text.h"

namespace vnode {
namespace {

constexpr std::size_t kLargeDocument = 1024 * 1024;
constexpr auto kStoreRetry = std::chrono::seconds(1);
/// Ends that go to the disk, and are told of, together: as many as a few milliseconds of a loop's turn allow.
constexpr std::size_t kMostEndsTogether = 128;

/// The store's own word, as against a disk or database that cannot be used at the moment.
bool is_refusal(const Error& error) {
  return error.code == ErrorCode::kInvalidValue || error.code == ErrorCode::kNotFound;
}

}  // namespace

void RunBook::carry_out(LiveRun& live, const RunEffects& effects) {
  for (const RunEffect effect : effects) carry_out(live, effect);
}

void RunBook::carry_out(LiveRun& live, RunEffect effect) {
  switch (effect) {
    case RunEffect::kStoreRunning:
      return store_running(live);
    case RunEffect::kStartAttempt:
      return start_attempt(live);
    case RunEffect::kStop:
      parts_.tasks.cancel(live.row.id);
      return;
    case RunEffect::kDropEnd:
      if (live.events) live.events->drop_end();
      live.results = {};
      return;
    case RunEffect::kCutEvents:
      return;  // of runs that are not live yet: restore
    case RunEffect::kStorePending:
      return store_pending(live);
    case RunEffect::kAppendEnd:
      live.ending->is_to_append = true;
      return;
    case RunEffect::kStoreEnd:
      return store_end(live);
    case RunEffect::kRelease:
      if (live.events != live.ending->events) replace_events(live, live.ending->events);
      if (live.events) release_events(live);
      return;
    case RunEffect::kTell:
      return tell(live);
  }
}

void RunBook::store_running(LiveRun& live) {
  const std::string id = live.row.id;
  const int attempt = live.life.attempts().number;
  const std::int64_t started_at = live.row.started_at.value_or(0);
  write([id, attempt, started_at](RunStore& store) { return store.mark_running(id, attempt, started_at); },
        [this, id, attempt] {
          if (LiveRun* run = live_run(id)) carry_out(*run, run->life.start_is_stored(attempt));
        },
        [this, id, attempt] {
          const LiveRun* run = live_run(id);
          return run && run->life.in<StartingRun>() && run->life.attempts().number == attempt;
        });
}

/// What was submitted is in memory, or read from the store now.
void RunBook::start_attempt(LiveRun& live) {
  if (live.prepared.submission) return std::exchange(live.start_attempt, nullptr)(live.prepared);
  using Found = std::shared_ptr<const CheckedSubmission>;
  const std::string id = live.row.id;
  const auto read = [id](RunStore& store) { return stored_submission(store, id); };
  store_->read<Found>(read, [this, id](Result<Found> found) {
    LiveRun* run = live_run(id);
    if (!run || !run->start_attempt) return;
    if (!found && found.error().code != ErrorCode::kInternal) {
      // Of the store, not of the run: it is there, and will be readable again.
      note_store(found.error());
      const SteadyTime again = parts_.surroundings.clock.steady_now() + kStoreRetry;
      parts_.timers.add(again, [this, id] {
        if (LiveRun* still = live_run(id); still && still->start_attempt) start_attempt(*still);
      });
      return;
    }
    const auto start = std::exchange(run->start_attempt, nullptr);
    if (!found) return start(found.error());
    // Hooks need it at the end.
    run->prepared.submission = *found;
    start(PreparedRun{std::move(*found)});
  });
}

void RunBook::store_pending(LiveRun& live) {
  ++unsettled_;
  const std::string id = live.row.id;
  const Attempts attempts = live.life.attempts();
  if (attempts.number != live.row.attempt || !attempts.resumes) live.row.resume = resume_text(attempts);
  write(
      [id, attempts, resume = live.row.resume](RunStore& store) {
        return store.mark_pending(id, attempts.number, attempts.retries_left, resume);
      },
      [this] { --unsettled_; },
      [this, id, number = attempts.number] {
        const LiveRun* run = live_run(id);
        return run && run->life.in<PendingRun>() && run->life.attempts().number == number;
      });
}

/// Event file first, on a thread that may wait for the disk (not the store's: ends would wait for each
/// other), then the store.
void RunBook::store_end(LiveRun& live) {
  const auto* state = live.life.in<EndingRun>();
  RunEnding& ending = *live.ending;
  ending.event = state->event;
  // (Those of the attempt before are closed.)
  if (state->event != EndEvent::kUnstarted) ending.events = live.events;
  ending.results = std::move(live.results);
  if (live.events) ending.last_seq = live.events->last_seq();
  ending.submission = live.prepared.submission;
  ending.may_have_hooks = live.may_have_hooks;
  ending.row.status = state->end.status;
  ending.row.exit_code = state->end.exit_code;
  ending.row.error = state->end.error;
  ending.row.attempt = state->attempts.number;
  ++unsettled_;
  if (!ending.is_to_append) return store_ends({live.ending});
  if (state->event != EndEvent::kUnstarted) {
    // (Those that have run do not wait for each other's files.)
    parts_.background.submit([this, one = Endings{live.ending}] {
      append_all(one);
      parts_.post([this, one] { store_ends(one); });
    });
    return;
  }
  unstarted_ends_.push_back(live.ending);
  if (!std::exchange(are_unstarted_ends_asked_, true)) parts_.post([this] { go_on_with_unstarted_ends(); });
}

/// Together: a thread, a change and a notice for each of them would take most of the time. One after the
/// other: threads that make files in one folder only wait for each other.
void RunBook::go_on_with_unstarted_ends() {
  are_unstarted_ends_asked_ = !unstarted_ends_.empty();
  if (unstarted_ends_.empty()) return;
  parts_.background.submit([this, all = std::exchange(unstarted_ends_, {})] {
    for (std::size_t at = 0; at < all.size(); at += kMostEndsTogether) {
      const std::size_t end = std::min(all.size(), at + kMostEndsTogether);
      Endings some(all.begin() + static_cast<std::ptrdiff_t>(at),
                   all.begin() + static_cast<std::ptrdiff_t>(end));
      append_all(some);
      parts_.post([this, some = std::move(some)] { store_ends(some); });
    }
    parts_.post([this] { go_on_with_unstarted_ends(); });
  });
}

/// On a thread that may wait for the disk.
void RunBook::append_all(const Endings& endings) const {
  for (const std::shared_ptr<RunEnding>& ending : endings) {
    append_ending(*ending, parts_.surroundings.clock, event_path(ending->row.id));
  }
}

void RunBook::store_ends(Endings endings) {
  const auto all = std::make_shared<const Endings>(std::move(endings));
  // One that the store refuses, which changes nothing, is not to keep the others out of it.
  const auto refused = std::make_shared<std::optional<Error>>();
  const auto change = [all, refused](RunStore& store) -> Result<void> {
    refused->reset();
    for (const std::shared_ptr<RunEnding>& ending : *all) {
      const Result<void> stored = store_ending(*ending, store);
      if (!stored && !is_refusal(stored.error())) return stored;
      if (!stored) *refused = stored.error();
    }
    return {};
  };
  write(change, [this, all, refused] {
    if (*refused) parts_.log.error("the store has refused a change: " + describe(**refused));
    for (const std::shared_ptr<RunEnding>& ending : *all) {
      LiveRun& run = *live_run(ending->row.id);
      carry_out(run, run.life.end_is_stored());
    }
  });
}

void RunBook::tell(LiveRun& live) {
  if (live.life.in<SettledRun>()) return settle(live);
  change_count(live, live.life.status());
  live.row.attempt = live.life.attempts().number;
  if (live.row.status == RunStatus::kRunning) parts_.log.info(begin_text(live.row));
  observer_.on_changed(live);
}

void RunBook::change_count(LiveRun& live, RunStatus status) {
  --counts_[live.row.status];
  ++counts_[status];
  groups_.count(live.row.group, live.row.status, -1);
  groups_.count(live.row.group, status, 1);
  if (live.ending && live.ending->row.completed_at)
    groups_.note_end(live.row.group, *live.ending->row.completed_at);
  if (const RunGroup* group = groups_.find(live.row.group)) observer_.on_group_changed(*group);
  live.row.status = status;
}

/// It is durable: now everybody may know.
void RunBook::settle(LiveRun& live) {
  if (live.ending->results_error) {
    parts_.log.warning("run " + live.row.id +
                       ": its results could not be kept: " + describe(*live.ending->results_error));
  }
  live.task = nullptr;
  change_count(live, live.ending->row.status);
  live.row = std::move(live.ending->row);
  observer_.on_changed(live);
  const auto found = live_.find(live.row.id);
  const std::unique_ptr<LiveRun> ended = std::move(found->second);
  live_.erase(found);
  by_number_.erase(ended->row.number);
  --unsettled_;
  if (ended->prepared.plan) --cached_;
  look_soon();
  observer_.on_ended(ended->row, ended->ending->submission);
  for (const LiveRun::Waiter& waiter : ended->waiters) waiter.then(ended->row);
  groups_.tell_end(ended->row.group);
  tell_dependents_of(ended->row);
  let_go(*ended);
}

/// Of a large document elsewhere, and of what the heap keeps of it.
void RunBook::let_go(LiveRun& ended) {
  const auto& submission = ended.ending->submission;
  if (!submission || submission->document.size() <= kLargeDocument) return;
  parts_.background.submit(
      [prepared = std::move(ended.prepared), held = std::move(ended.ending->submission)]() mutable {
        prepared = {};
        held = nullptr;
        give_back_heap();
      });
}

void RunBook::release_events(LiveRun& live) {
  live.events->release();
  live.ending->row.event_bytes = file_bytes(*live.ending);
  note_lost_events(live.row.id, *live.events);
}

/// What the attempt before could not write is lost now.
void RunBook::replace_events(LiveRun& live, std::shared_ptr<RunEventLog> events) {
  if (live.events) note_lost_events(live.row.id, *live.events);
  live.events = std::move(events);
}

void RunBook::note_lost_events(const std::string& id, const RunEventLog& events) {
  if (const std::uint64_t beyond = events.beyond_limit(); beyond > 0) {
    parts_.log.warning("run " + id + ": its events have reached max_event_bytes (" +
                       std::to_string(parts_.settings.max_event_bytes) + "); " + std::to_string(beyond) +
                       " more were counted and not kept");
  }
  const std::optional<Error> error = events.error();
  if (!error) return;
  ++lost_event_files_;
  parts_.log.warning("run " + id + ": events were lost: " + describe(*error));
}

// ---- the store

void RunBook::note_store(const Result<void>& result) {
  if (result || is_refusal(result.error())) {
    if (has_check_failed_) return;  // ends are stored with the last of the space; that is not all well
    if (!store_error_.empty()) parts_.log.info("the store can be written again");
    store_error_.clear();
    return;
  }
  if (store_error_.empty()) parts_.log.error("the store cannot be written: " + describe(result.error()));
  if (store_error_.empty() && observer_.on_store_failed) observer_.on_store_failed();
  store_error_ = describe(result.error());
  look_soon();  // perhaps there is something to be removed
}

void RunBook::note_checked(const Result<void>& checked) {
  const bool had_failed = std::exchange(has_check_failed_, !checked);
  if (!checked || had_failed) note_store(checked);
}

void RunBook::write(Change change, std::function<void()> done, std::function<bool()> is_wanted) {
  store_->write(change, [this, change, done = std::move(done),
                         is_wanted = std::move(is_wanted)](Result<void> result) mutable {
    note_store(result);
    if (result) return done();
    if (is_refusal(result.error())) {
      // Trying again would not help: the store refuses what would break its promises.
      parts_.log.error("the store has refused a change: " + describe(result.error()));
      return done();
    }
    const SteadyTime again = parts_.surroundings.clock.steady_now() + kStoreRetry;
    parts_.timers.add(again, [this, change = std::move(change), done = std::move(done),
                              is_wanted = std::move(is_wanted)]() mutable {
      if (is_wanted && !is_wanted()) return done();
      write(std::move(change), std::move(done), std::move(is_wanted));
    });
  });
}

}  // namespace vnode
