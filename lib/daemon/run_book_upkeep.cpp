// The part of RunBook that looks back: what an earlier daemon has left, and what is to be removed.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "daemon/run_book.h"
#include "daemon/run_row_text.h"
#include "daemon/time_text.h"
#include "model/json_reader.h"

namespace vnode {
namespace {

constexpr std::size_t kMostRemovedAtOnce = 500;
constexpr auto kRetentionEvery = std::chrono::hours(1);

/// How long the run ran, as far as one can tell: until it wrote its last event, not until the next daemon
/// came.
double seconds_until_last_write(const std::string& path, std::int64_t started_at) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  const std::int64_t written = status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000;
  return static_cast<double>(std::max<std::int64_t>(0, written - started_at)) / 1e6;
}

/// What the run's hooks are in; null when it is not there.
std::shared_ptr<const Submission> stored_submission(RunStore& store, const std::string& id) {
  const Result<std::optional<StoredSubmission>> found = store.submission(id);
  if (!found || !*found) return nullptr;
  const Result<Value> params = parse_json((*found)->request);
  if (!params || !params->is_dict()) return nullptr;
  auto read = read_submission(params->as_dict(), &(*found)->workflow);
  if (std::holds_alternative<RpcError>(read)) return nullptr;
  return std::make_shared<const Submission>(std::move(std::get<Submission>(read)));
}

/// The name of a day's folder: the beginning of its runs' ids.
bool is_day(const std::string& name) {
  return name.size() == 6 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
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

/// Other files are left alone, and so are the folders that they are in.
void remove_days_before(const std::string& day, const std::string& event_folder) {
  std::error_code ignored;  // what stays is tried again at the next clean-up
  for (const std::filesystem::path& folder : entries_of(event_folder)) {
    const std::string name = folder.filename().string();
    if (!is_day(name) || name >= day) continue;
    for (const std::filesystem::path& file : entries_of(folder)) {
      if (file.extension() == ".ndjson") std::filesystem::remove(file, ignored);
    }
    std::filesystem::remove(folder, ignored);
  }
}

}  // namespace

Result<RunBook::Left> RunBook::restore(RunStore& store) {
  Left left;
  Result<RunStore::Last> last = store.last();
  if (!last) return last.error();
  last_ = std::move(*last);
  Result<std::vector<RunRow>> rows = store.unfinished();
  if (!rows) return rows.error();
  for (RunRow& row : *rows) {
    const bool was_running = row.status == word(TaskStatus::kRunning);
    Result<void> done = was_running ? restore_interrupted(store, row, left) : restore_pending(store, row);
    if (!done) return done.error();
    if (row.status != word(TaskStatus::kPending)) continue;
    ++left.pending;
    // A queue that is not configured any more must not lose its runs.
    if (!parts_.tasks.planner().has_queue(row.queue)) parts_.tasks.set_queue(row.queue, 1);
    const int attempt = row.attempt;
    enter(std::move(row), {}, attempt);
  }
  return left;
}

/// It may have been cancelled in the last moment: its events know that before the store does.
Result<void> RunBook::restore_pending(RunStore& store, RunRow& row) {
  const std::string path = event_path(row.id);
  const Result<EventFileEnd> end = inspect_event_file(path);
  if (!end || end->size == 0) return {};
  if (end->finished && take_end(row, *end->finished)) {
    row.completed_at = micros(parts_.surroundings.clock.wall_now());
    return finish_restored(store, row, end->size);
  }
  if (row.attempt > 1) {
    row.event_bytes = static_cast<std::int64_t>(end->size);
    return {};
  }
  // What was left of writing such an end: it has not begun, so it has no events.
  std::error_code ignored;  // they would be gone on with
  std::filesystem::remove(path, ignored);
  return {};
}

/// It was running when its daemon went away: its events may know how it ended, else it was interrupted.
Result<void> RunBook::restore_interrupted(RunStore& store, RunRow& row, Left& left) {
  const std::string path = event_path(row.id);
  Result<EventFileEnd> end = inspect_event_file(path);
  if (!end) {
    parts_.log.warning("run " + row.id + ": its events cannot be read: " + describe(end.error()));
    end = find_event_file_end(path);
  }
  const bool has_ended = end->finished && take_end(row, *end->finished);
  if (!has_ended && row.retries_interrupts) {
    ++left.queued_again;
    row.status = word(TaskStatus::kPending);
    ++row.attempt;
    row.event_bytes = static_cast<std::int64_t>(end->size);
    return store
        .transact({[&row](RunStore& in) { return in.mark_pending(row.id, row.attempt, row.retries); }})
        .front();
  }
  std::uint64_t event_bytes = end->size;
  if (!has_ended) {
    ++left.interrupted;
    row.status = word(TaskStatus::kInterrupted);
    row.exit_code = 5;
    row.error = "the daemon or the machine went down while the run was running";
    if (!row.duration && row.started_at) row.duration = seconds_until_last_write(path, *row.started_at);
    event_bytes = write_interrupted_end(row, *end);
  }
  row.completed_at = micros(parts_.surroundings.clock.wall_now());
  return finish_restored(store, row, event_bytes);
}

/// Returns how large the file is then.
std::uint64_t RunBook::write_interrupted_end(const RunRow& row, const EventFileEnd& end) {
  const std::string path = event_path(row.id);
  RunEvents events(path, row.id, end, 0, [] {});
  RunOptions options{.run_id = row.id, .workflow_path = row.workflow, .attempt = row.attempt};
  options.last_seq = events.last_seq();
  events.hold_all();
  const RunOutcome outcome{.status = RunStatus::kInterrupted, .exit_code = 5, .error = row.error};
  if (options.last_seq == 0) {
    report_unstarted(events, parts_.surroundings.clock, options, nullptr, outcome);
  } else {
    report_interrupted(events, parts_.surroundings.clock, options, outcome);
  }
  if (const Result<void> closed = events.close(); !closed) note_lost_events(row.id, closed.error());
  return events.size();
}

Result<void> RunBook::finish_restored(RunStore& store, RunRow& row, std::uint64_t event_bytes) {
  row.event_bytes = static_cast<std::int64_t>(event_bytes);
  restored_ends_.emplace_back(row, stored_submission(store, row.id));
  return store.transact({[&row](RunStore& in) { return in.finish(row); }}).front();
}

void RunBook::announce_restored() {
  for (const auto& [row, submission] : std::exchange(restored_ends_, {})) observer_.on_ended(row, submission);
}

void RunBook::remove(std::vector<std::string> ids, std::function<void(Result<void>)> done) {
  auto shared = std::make_shared<std::vector<std::string>>(std::move(ids));
  store_->write([shared](RunStore& store) { return store.remove(*shared); },
                [this, shared, done = std::move(done)](Result<void> result) {
                  note_store(result);
                  if (!result) return done(result);
                  std::vector<std::string> paths;
                  for (const std::string& id : *shared) paths.push_back(event_path(id));
                  parts_.background.submit([paths = std::move(paths)] {
                    std::error_code ignored;  // what stays is found when its day is over
                    for (const std::string& path : paths) {
                      std::filesystem::remove(path, ignored);
                      std::filesystem::remove(std::filesystem::path(path).parent_path(), ignored);
                    }
                  });
                  observer_.on_removed(*shared);
                  done({});
                });
}

/// A daemon that was killed while it removed runs has left their events behind.
void RunBook::remove_orphaned_events() {
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
  if (is_removing_) return;
  is_removing_ = true;
  const auto later = [this](Duration after) {
    is_removing_ = false;
    parts_.timers.add(parts_.surroundings.clock.steady_now() + after, [this] { keep_retention(); });
  };
  const auto query = [retention = parts_.settings.retention,
                      now = micros(parts_.surroundings.clock.wall_now())](RunStore& store) {
    return store.over_retention(retention, now, kMostRemovedAtOnce);
  };
  store_->read<std::vector<std::string>>(query, [this, later](Result<std::vector<std::string>> ids) {
    if (ids && ids->empty()) remove_orphaned_events();
    if (!ids || ids->empty()) return later(kRetentionEvery);
    const bool may_be_more = ids->size() == kMostRemovedAtOnce;
    remove(std::move(*ids), [later, may_be_more](Result<void> removed) {
      later(removed && may_be_more ? Duration::zero() : Duration(kRetentionEvery));
    });
  });
}

}  // namespace vnode
