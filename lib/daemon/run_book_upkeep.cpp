// The part of RunBook that looks back: what an earlier daemon has left, and what is to be removed.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/utc_time.h"
#include "daemon/run_book.h"
#include "daemon/run_results.h"
#include "daemon/run_row_text.h"

namespace vnode {
namespace {

constexpr std::size_t kMostRemovedAtOnce = 500;
/// Looking whether runs are over the limits counts all that are kept: it may take this part of the time.
constexpr int kPartOfTime = 20;
constexpr Duration kLeastPause = std::chrono::seconds(1);
constexpr Duration kSoon = std::chrono::milliseconds(100);
/// By their age runs pass a limit while nothing happens.
constexpr Duration kMostPause = std::chrono::minutes(1);
constexpr Duration kSweepEvery = std::chrono::hours(1);

/// How long the run ran, as far as one can tell: until it wrote its last event, not until the next daemon
/// came.
double seconds_until_last_write(const std::string& path, std::int64_t started_at) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  const std::int64_t written = status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000;
  return static_cast<double>(std::max<std::int64_t>(0, written - started_at)) / 1e6;
}

/// Whether the row's own attempt has left events: those of one before it stay in the file, and it may have
/// been cut off before it had written any.
bool has_left_events(const RunRow& row, const EventFileEnd& events) {
  if (events.last_seq <= static_cast<std::uint64_t>(row.told_seq)) return false;
  return !events.started || begun_attempt(*events.started).value_or(row.attempt) >= row.attempt;
}

/// A time that has passed for certain, as far as the store knows.
std::optional<WallTime> newest_time(RunStore& store) {
  const Result<std::optional<std::int64_t>> newest = store.newest_time();
  if (!newest || !*newest) return std::nullopt;
  return WallTime(std::chrono::microseconds(**newest));
}

/// The name of a day's folder: the beginning of its runs' ids.
bool is_day(const std::string& name) {
  return name.size() == 6 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// 0 when it is not there.
std::int64_t file_size(const std::string& path) {
  std::error_code absent;
  const std::uintmax_t size = std::filesystem::file_size(path, absent);
  return absent ? 0 : static_cast<std::int64_t>(size);
}

DiskUse disk_use_of(const std::filesystem::path& folder, RunStore& store) {
  DiskUse use;
  for (const char* name : {"runs.db", "runs.db-wal", "runs.db-shm"})
    use.store += file_size((folder / name).string());
  if (const Result<std::int64_t> events = store.event_bytes()) use.events = *events;
  std::error_code unknown;
  const std::filesystem::space_info space = std::filesystem::space(folder, unknown);
  if (!unknown) use.free = static_cast<std::int64_t>(space.available);
  return use;
}

std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    entries.push_back(entry->path());
  }
  return entries;
}

/// The newest id that has events. Numbers go up with the days.
std::string newest_id_with_events(const std::string& event_folder) {
  std::vector<std::filesystem::path> days = entries_of(event_folder);
  std::sort(days.rbegin(), days.rend());
  for (const std::filesystem::path& folder : days) {
    const std::string day = folder.filename().string();
    if (!is_day(day)) continue;
    std::string newest;
    for (const std::filesystem::path& file : entries_of(folder)) {
      std::string id = day + "-" + file.stem().string();
      const auto number = run_number(id);
      if (number && number > run_number(newest)) newest = std::move(id);
    }
    if (!newest.empty()) return newest;
  }
  return {};
}

/// Where a new store's numbers begin: of one that was there before on the same day, and is gone, nobody knows
/// which ids it gave. None gives a thousand a second for long.
std::int64_t first_number(WallTime now) {
  return std::chrono::floor<std::chrono::milliseconds>(now - std::chrono::floor<std::chrono::days>(now))
      .count();
}

/// With the folders that are empty then.
void remove_files(const std::vector<std::string>& paths) {
  std::error_code ignored;  // what stays is found when its day is over
  for (const std::string& path : paths) {
    std::filesystem::remove(results_path(path), ignored);
    std::filesystem::remove(journal_path(path), ignored);
    std::filesystem::remove(path, ignored);
    std::filesystem::remove(std::filesystem::path(path).parent_path(), ignored);
  }
}

/// Other files are left alone, and so are the folders that they are in.
void remove_days_before(const std::string& day, const std::string& event_folder) {
  std::error_code ignored;  // what stays is tried again at the next clean-up
  for (const std::filesystem::path& folder : entries_of(event_folder)) {
    const std::string name = folder.filename().string();
    if (!is_day(name) || name >= day) continue;
    for (const std::filesystem::path& file : entries_of(folder)) {
      // (Of results there may be the rest of a file that a killed daemon was writing, which has a longer
      // name.)
      const bool is_results = file.filename().string().find(kResultsSuffix) != std::string::npos;
      if (file.extension() == ".ndjson" || file.extension() == kJournalSuffix || is_results)
        std::filesystem::remove(file, ignored);
    }
    std::filesystem::remove(folder, ignored);
  }
}

}  // namespace

Result<RunBook::Left> RunBook::restore(RunStore& store) {
  Left left;
  upkeep_.clock_trust.begin(newest_time(store), parts_.surroundings.clock);
  Result<RunStore::Last> last = store.last();
  if (!last) return last.error();
  last_ = std::move(*last);
  // A store that was put back from a copy has forgotten some.
  const std::string newest = newest_id_with_events(parts_.event_folder);
  if (const auto number = run_number(newest); number && *number > last_.number) last_ = {*number, newest};
  if (last_.number == 0) last_.number = first_number(parts_.surroundings.clock.wall_now());
  Result<std::vector<RunRow>> rows = store.unfinished();
  if (!rows) return rows.error();
  if (Result<void> known = restore_groups(store); !known) return known.error();
  live_.reserve(rows->size());
  are_groups_counted_ = false;
  for (RunRow& row : *rows) {
    if (Result<void> restored = restore(store, std::move(row), left); !restored) return restored.error();
  }
  const Result<std::vector<RunStore::Count>> counts = store.counts();
  if (!counts) return counts.error();
  take_ended_counts(*counts);
  if (Result<void> counted = count_ended_of_groups(store); !counted) return counted.error();
  are_groups_counted_ = true;
  look_at_groups_waited_for();
  return left;
}

/// Of what is live it is known here.
void RunBook::take_ended_counts(const std::vector<RunStore::Count>& counts) {
  std::erase_if(counts_, [](const auto& entry) { return is_ended(entry.first); });
  for (const RunStore::Count& count : counts) {
    if (is_ended(count.status)) counts_[count.status] = count.runs;
  }
}

/// What its life asks for is carried out at once: there is nobody yet who would have to be kept from waiting.
Result<void> RunBook::restore(RunStore& store, RunRow row, Left& left) {
  const std::string path = event_path(row.id);
  Result<EventFileEnd> events = inspect_event_file(path);
  if (!events) {
    parts_.log.warning("run " + row.id + ": its events cannot be read: " + describe(events.error()));
    events = find_event_file_end(path);
  }
  FoundRun found{.was_running = row.status == RunStatus::kRunning,
                 .attempt = row.attempt,
                 .retries_left = row.retries,
                 .has_events = has_left_events(row, *events),
                 .resumes = !row.resume.empty()};
  // (A file that holds no whole event is no less a rest of something.)
  if (!found.was_running) found.has_events = events->size > 0;
  // (Of one that was tried again the end before is known, and is its end no more.)
  const bool is_news = events->last_seq > static_cast<std::uint64_t>(row.told_seq);
  if (events->finished && is_news) found.end = take_end(row, *events->finished);
  RunLife life({}, on_interrupt_of(row));
  const RunEffects effects = life.was_found(found);
  bool is_to_append = false;
  row.event_bytes = static_cast<std::int64_t>(events->size);
  if (found.end) {
    row.event_bytes += file_size(results_path(path)) + journal_bytes(path);
  } else {
    // Of an attempt whose end does not count: it was cut off between the two files, perhaps before any event
    // was in the other one.
    std::error_code ignored;  // it is none of the attempt that counts: reading it would say so
    std::filesystem::remove(results_path(path), ignored);
  }
  for (const RunEffect effect : effects) {
    Result<void> done;
    if (effect == RunEffect::kCutEvents) {
      std::error_code ignored;  // they would be gone on with
      std::filesystem::remove(path, ignored);
      row.event_bytes = 0;
    } else if (effect == RunEffect::kAppendEnd) {
      is_to_append = true;
    } else if (effect == RunEffect::kStorePending) {
      ++left.queued_again;
      const Attempts& next = life.attempts();
      row.resume = resume_text(next);
      done = store
                 .transact({[&](RunStore& in) {
                   return in.mark_pending(row.id, next.number, next.retries_left, row.resume);
                 }})
                 .front();
    } else if (effect == RunEffect::kStoreEnd) {
      left.interrupted += is_to_append ? 1 : 0;
      return end_restored(store, std::move(row), life, is_to_append);
    }
    if (!done) return done;
  }
  ++left.pending;
  row.status = life.status();
  row.attempt = life.attempts().number;
  // A queue that is not configured any more must not lose its runs.
  if (!parts_.tasks.planner().has_queue(row.queue)) parts_.tasks.set_queue(row.queue, 1);
  groups_.count(row.group, row.status, 1);
  enter(std::move(row), {}, std::move(life), nullptr);
  return {};
}

Result<void> RunBook::end_restored(RunStore& store, RunRow row, const RunLife& life, bool is_to_append) {
  const auto& state = *life.in<EndingRun>();
  const std::string path = event_path(row.id);
  row.status = state.end.status;
  row.exit_code = state.end.exit_code;
  row.error = state.end.error;
  row.completed_at = micros(parts_.surroundings.clock.wall_now());
  if (row.started_at) {
    if (!row.duration) row.duration = seconds_until_last_write(path, *row.started_at);
    // It ended then, and not when somebody came to see it.
    row.completed_at = *row.started_at + static_cast<std::int64_t>(*row.duration * 1e6);
  }
  RunEnding ending{.row = std::move(row), .event = state.event, .is_to_append = is_to_append};
  append_ending(ending, parts_.surroundings.clock, path);
  const auto change = [&](RunStore& in) { return store_ending(ending, in); };
  if (Result<void> stored = store.transact({change}).front(); !stored) return stored;
  if (ending.events) note_lost_events(ending.row.id, *ending.events);
  restored_ends_.emplace_back(std::move(ending.row), std::move(ending.submission));
  return {};
}

void RunBook::announce_restored() {
  for (const auto& [id, runs] : dependencies_looked_for_) read_dependency(id);
  for (const auto& [row, submission] : std::exchange(restored_ends_, {})) observer_.on_ended(row, submission);
}

std::vector<std::string> RunBook::event_paths(const std::vector<std::string>& ids) const {
  std::vector<std::string> paths;
  for (const std::string& id : ids) paths.push_back(event_path(id));
  return paths;
}

/// Nothing is too old by a clock that nobody believes.
Retention RunBook::limits_now() {
  Retention limits = parts_.settings.retention;
  if (!upkeep_.clock_trust.is_trusted(parts_.surroundings.clock)) limits.age.reset();
  return limits;
}

void RunBook::make_room(RunStore& store) {
  upkeep_.clock_trust.begin(newest_time(store), parts_.surroundings.clock);
  const std::int64_t now = micros(parts_.surroundings.clock.wall_now());
  while (true) {
    const auto ids = store.over_retention(limits_now(), now, kMostRemovedAtOnce);
    if (!ids || ids->empty()) return;
    remove_files(event_paths(*ids));
    if (!store.transact({[&ids](RunStore& in) { return in.remove(*ids); }}).front()) return;
  }
}

void RunBook::remove(std::vector<std::string> ids, std::function<void(Result<void>)> done) {
  ++unsettled_;  // a daemon that ends does this first
  const auto finish = [this, done = std::move(done)](Result<void> removed) {
    --unsettled_;
    done(std::move(removed));
  };
  // Events in the place of a store that is lost are not ours.
  const auto query = [](RunStore& store) -> Result<bool> {
    const Result<void> checked = store.check();
    if (!checked && checked.error().code == ErrorCode::kUnavailable) return checked.error();
    return true;
  };
  auto all = std::make_shared<std::vector<std::string>>(std::move(ids));
  store_->read<bool>(query, [this, all, finish](Result<bool> is_there) {
    if (!is_there) return finish(is_there.error());
    remove_part(all, finish);
  });
}

/// Some, then the others.
void RunBook::remove_part(std::shared_ptr<std::vector<std::string>> ids,
                          std::function<void(Result<void>)> done) {
  const std::size_t size = std::min(ids->size(), kMostRemovedAtOnce);
  auto part =
      std::make_shared<std::vector<std::string>>(ids->end() - static_cast<std::ptrdiff_t>(size), ids->end());
  ids->resize(ids->size() - size);
  // Somebody may have tried one of them again meanwhile.
  std::erase_if(*part, [this](const std::string& id) { return find(id) || retrying_.contains(id); });
  removing_.insert(part->begin(), part->end());
  // What is left is counted where changes come one after the other: ends that come behind are added then.
  auto left = std::make_shared<std::vector<RunStore::Count>>();
  auto of_groups = std::make_shared<std::vector<GroupCount>>();
  const auto change = [part, left, of_groups](RunStore& store) -> Result<void> {
    Result<std::vector<GroupCount>> in_groups = store.group_counts_of(*part);
    if (!in_groups) return in_groups.error();
    *of_groups = std::move(*in_groups);
    if (Result<void> removed = store.remove(*part); !removed) return removed;
    Result<std::vector<RunStore::Count>> counts = store.counts();
    if (!counts) return counts.error();
    *left = std::move(*counts);
    return {};
  };
  const auto stored = [this, ids, part, left, of_groups, done = std::move(done)](Result<void> result) {
    note_store(result);
    for (const std::string& id : *part) removing_.erase(id);
    if (!result) return done(std::move(result));
    take_ended_counts(*left);
    forget_removed(*of_groups);
    observer_.on_removed(*part);
    if (ids->empty()) return done({});
    remove_part(ids, done);
  };
  parts_.background.submit([this, change, stored, paths = event_paths(*part)] {
    remove_files(paths);
    parts_.post([this, change, stored] { store_->write(change, stored); });
  });
}

/// A daemon that was killed while it removed runs has left their events behind.
void RunBook::remove_orphaned_events() {
  const SteadyTime now = parts_.surroundings.clock.steady_now();
  if (upkeep_.swept && now - *upkeep_.swept < kSweepEvery) return;
  upkeep_.swept = now;
  const auto query = [](RunStore& store) -> Result<std::string> {
    const Result<std::optional<std::string>> oldest = store.oldest_id();
    if (!oldest) return oldest.error();
    if (*oldest) return **oldest;
    const Result<RunStore::Last> last = store.last();
    if (!last) return last.error();
    return last->id;
  };
  store_->read<std::string>(query, [this](Result<std::string> oldest) {
    if (!oldest) return;
    parts_.background.submit([day = oldest->substr(0, oldest->find('-')), folder = parts_.event_folder] {
      remove_days_before(day, folder);
    });
  });
}

void RunBook::keep_retention() {
  if (upkeep_.is_looking) {
    upkeep_.is_wanted = true;
    return;
  }
  upkeep_.is_looking = true;
  upkeep_.looked = parts_.surroundings.clock.steady_now();
  parts_.timers.cancel(std::exchange(upkeep_.timer, 0));
  const auto cost = std::make_shared<Duration>();
  const auto use = std::make_shared<DiskUse>();
  const auto query = [cost, use, &clock = parts_.surroundings.clock, limits = limits_now(),
                      folder = std::filesystem::path(parts_.event_folder).parent_path(),
                      now = micros(parts_.surroundings.clock.wall_now())](RunStore& store) {
    const SteadyTime start = clock.steady_now();
    auto ids = store.over_retention(limits, now, kMostRemovedAtOnce);
    *use = disk_use_of(folder, store);
    *cost = clock.steady_now() - start;
    return ids;
  };
  store_->read<std::vector<std::string>>(query, [this, cost, use](Result<std::vector<std::string>> ids) {
    upkeep_.disk_use = *use;
    upkeep_.pause = std::max(kLeastPause, kPartOfTime * *cost);
    take_over_retention(ids);
  });
}

void RunBook::take_over_retention(const Result<std::vector<std::string>>& ids) {
  const auto look_again = [this](Duration after) {
    upkeep_.is_looking = false;
    look_later(std::exchange(upkeep_.is_wanted, false) ? std::min(after, upkeep_.pause) : after);
  };
  if (!ids || ids->empty()) {
    if (ids) remove_orphaned_events();
    const Duration age = parts_.settings.retention.age.value_or(kMostPause);
    return look_again(std::max(upkeep_.pause, std::min(age / 10, kMostPause)));
  }
  const bool may_be_more = ids->size() == kMostRemovedAtOnce;
  remove(*ids, [this, look_again, may_be_more](Result<void> removed) {
    look_again(removed && may_be_more ? Duration::zero() : upkeep_.pause);
  });
}

void RunBook::look_soon() {
  look_later(std::max(kSoon, upkeep_.looked + upkeep_.pause - parts_.surroundings.clock.steady_now()));
}

/// Or sooner, if that was asked for before.
void RunBook::look_later(Duration after) {
  if (!store_ || upkeep_.is_looking) {
    upkeep_.is_wanted = upkeep_.is_wanted || upkeep_.is_looking;
    return;
  }
  const SteadyTime at = parts_.surroundings.clock.steady_now() + after;
  if (upkeep_.timer != 0 && upkeep_.at <= at) return;
  parts_.timers.cancel(upkeep_.timer);
  upkeep_.at = at;
  upkeep_.timer = parts_.timers.add(at, [this] { keep_retention(); });
}

}  // namespace vnode
