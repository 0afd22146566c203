#include "daemon/run_book.h"

#include <algorithm>

#include "base/text.h"
#include "daemon/run_row_text.h"
#include "daemon/time_text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// Live runs keep their workflow in memory while it is no larger, and while there are not too many of them.
constexpr std::size_t kLargestCached = 64 * 1024;
constexpr std::size_t kMostCached = 512;

constexpr auto kStoreRetry = std::chrono::seconds(1);

/// The store's own word, as against a disk or database that cannot be used at the moment.
bool is_refusal(const Error& error) {
  return error.code == ErrorCode::kInvalidValue || error.code == ErrorCode::kNotFound;
}

RpcError server_error(std::string word, std::string message, Dict data = {}) {
  return {RpcErrorCode::kServer, std::move(word), std::move(message), std::move(data)};
}

std::string json_text(const Value& value) {
  std::string text;
  if (value.is_dict() && !value.as_entries().empty()) append_json(text, value, NonFinite::kBare);
  return text;
}

/// Of a run that has ended.
RunStatus run_status(TaskStatus status) {
  switch (status) {
    case TaskStatus::kTimeout:
      return RunStatus::kTimeout;
    case TaskStatus::kFailed:
      return RunStatus::kFailed;
    default:
      return RunStatus::kCancelled;
  }
}

Value resources_value(const Demands& demands) {
  Dict resources;
  for (const auto& [name, amount] : demands) resources.set(name, amount);
  return resources;
}

}  // namespace

RunBook::RunBook(Parts parts, RunObserver observer)
    : parts_(std::move(parts)), observer_(std::move(observer)) {}

RunBook::~RunBook() = default;

std::string RunBook::event_path(std::string_view id) const {
  const std::size_t dash = id.find('-');
  return parts_.event_folder + "/" + std::string(id.substr(0, dash)) + "/" +
         std::string(id.substr(dash + 1)) + ".ndjson";
}

const LiveRun* RunBook::find(std::string_view id) const {
  const auto found = live_.find(std::string(id));
  return found == live_.end() ? nullptr : found->second.get();
}

LiveRun* RunBook::live_run(std::string_view id) {
  const auto found = live_.find(std::string(id));
  return found == live_.end() ? nullptr : found->second.get();
}

std::vector<const LiveRun*> RunBook::live() const {
  std::vector<const LiveRun*> all;
  all.reserve(live_.size());
  for (const auto& [id, run] : live_) all.push_back(run.get());
  std::sort(all.begin(), all.end(),
            [](const LiveRun* a, const LiveRun* b) { return a->row.number < b->row.number; });
  return all;
}

// ---- accepting

std::optional<RpcError> RunBook::check(const Submission& submission) const {
  const QueuePlanner& planner = parts_.tasks.planner();
  if (!planner.has_queue(submission.queue)) {
    std::vector<std::string> names;
    for (const QueueView& queue : planner.queues()) names.push_back(queue.name);
    const std::string nearest = nearest_word(submission.queue, names);
    return server_error("unknown_queue", "there is no queue '" + submission.queue + "'" +
                                             (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  }
  const std::vector<ResourceView> resources = planner.resources();
  for (const auto& [name, amount] : submission.resources) {
    const auto found = std::find_if(resources.begin(), resources.end(),
                                    [&name = name](const ResourceView& view) { return view.name == name; });
    if (found == resources.end()) {
      return server_error("unknown_resource",
                          "there is no resource '" + name + "' (see resources in vnode.yaml)");
    }
    if (found->total < amount) {
      return server_error("too_much", "the run asks for " + std::to_string(amount) + " of " + name +
                                          "; there " + (found->total == 1 ? "is " : "are ") +
                                          std::to_string(found->total) + " in all");
    }
  }
  if (parts_.tasks.count(TaskStatus::kPending) + entering_ >= parts_.settings.max_pending) {
    return server_error("queue_full", "there are " + std::to_string(parts_.settings.max_pending) +
                                          " pending runs already (max_pending)");
  }
  return std::nullopt;
}

RunRow RunBook::new_row(const Submission& submission, const std::string& request) {
  const WallTime now = parts_.surroundings.clock.wall_now();
  RunRow row;
  row.number = ++last_.number;
  row.id = run_id(row.number, now, std::string_view(last_.id).substr(0, last_.id.find('-')));
  last_.id = row.id;
  row.status = word(TaskStatus::kPending);
  row.queue = submission.queue;
  row.priority = submission.priority;
  row.retries = submission.retries;
  row.retries_interrupts = submission.retries_interrupts;
  row.workflow = submission.shown_workflow();
  row.description = submission.description;
  row.created_at = micros(now);
  row.info = json_text(submission.info);
  row.resources = json_text(resources_value(submission.resources));
  if (submission.timeout) row.timeout = seconds(*submission.timeout);
  row.key = submission.key;
  if (!row.key.empty()) row.digest = submission_digest(submission.workflow, request);
  return row;
}

void RunBook::submit(PreparedRun prepared, std::string request,
                     std::function<void(std::variant<Accepted, RpcError>)> done) {
  if (std::optional<RpcError> refused = check(*prepared.submission)) return done(std::move(*refused));
  const RunRow row = new_row(*prepared.submission, request);
  // What is under the key already, found where changes come one after the other.
  auto earlier = std::make_shared<std::optional<RunRow>>();
  auto stored =
      std::make_shared<StoredSubmission>(StoredSubmission{prepared.submission->workflow, std::move(request)});
  const auto change = [row, stored, earlier](RunStore& store) -> Result<void> {
    if (!row.key.empty()) {
      Result<std::optional<RunRow>> found = store.find_key(row.key);
      if (!found) return found.error();
      *earlier = std::move(*found);
      if (*earlier) return {};
    }
    return store.insert(row, *stored);
  };
  ++entering_;
  store_->write(change, [this, row, earlier, prepared = std::move(prepared),
                         done = std::move(done)](Result<void> result) mutable {
    --entering_;
    note_store(result);
    if (!result) return done(server_error("store_unavailable", "not accepted: " + describe(result.error())));
    if (!*earlier) {
      const std::string id = row.id;
      enter(std::move(row), std::move(prepared), 1);
      return done(Accepted{id});
    }
    if ((*earlier)->digest == row.digest) return done(Accepted{(*earlier)->id, true});
    done(server_error("key_conflict",
                      "the key '" + row.key + "' was used for something else: run " + (*earlier)->id,
                      {{"run_id", (*earlier)->id}}));
  });
}

void RunBook::enter(RunRow row, PreparedRun prepared, int attempt) {
  auto entry = std::make_unique<LiveRun>();
  LiveRun& live = *entry;
  live.row = std::move(row);
  live.last_attempt = attempt + live.row.retries;
  if (prepared.submission && prepared.submission->workflow.size() <= kLargestCached &&
      cached_ < kMostCached) {
    live.prepared = std::move(prepared);
    ++cached_;
  }
  live_[live.row.id] = std::move(entry);
  // It may have been removed while the run was on its way to the disk: what was accepted has a place to wait.
  if (!parts_.tasks.planner().has_queue(live.row.queue)) parts_.tasks.set_queue(live.row.queue, 1);
  TaskRequest request{.id = live.row.id, .queue = live.row.queue, .priority = live.row.priority};
  request.resources = demands_of(live.row);
  if (live.row.timeout)
    request.timeout = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*live.row.timeout));
  request.retries = live.row.retries;
  request.attempt = attempt;
  request.on_ended = [this](const TaskHandle& task) { on_task_ended(task); };
  live.task =
      parts_.tasks.submit(std::move(request), [this](const TaskRecord& record) { return make_work(record); });
  observer_.on_changed(live);
}

// ---- running

std::unique_ptr<TaskWork> RunBook::make_work(const TaskRecord& record) {
  const std::string id = record.id;
  LiveRun& live = *live_run(id);
  RunOrder order{.id = id, .attempt = record.attempt};
  order.is_followed_by_attempt = record.attempt < live.last_attempt;
  order.is_followed_by_attempt_if_interrupted = live.row.retries_interrupts;
  order.event_path = event_path(id);
  order.max_value_bytes = parts_.settings.max_value_bytes;
  order.begin = [this, id](std::function<void(Result<PreparedRun>)> go) { begin(id, std::move(go)); };
  order.on_events = [this, id](std::shared_ptr<RunEvents> events) {
    parts_.post([this, id, events = std::move(events)] {
      LiveRun* run = live_run(id);
      if (!run) return;
      replace_events(*run, events);
      observer_.on_events(id);
    });
  };
  order.on_grown = [this, id] { parts_.post([this, id] { observer_.on_events(id); }); };
  return std::make_unique<RunJob>(parts_.surroundings, std::move(order));
}

void RunBook::begin(const std::string& id, std::function<void(Result<PreparedRun>)> go) {
  const LiveRun& live = *live_run(id);
  const int attempt = live.row.attempt;
  const std::int64_t started_at = live.row.started_at.value_or(0);
  write([id, attempt, started_at](RunStore& store) { return store.mark_running(id, attempt, started_at); },
        [this, id, go = std::move(go)]() mutable { hand_over(id, std::move(go)); });
}

void RunBook::hand_over(const std::string& id, std::function<void(Result<PreparedRun>)> go) {
  LiveRun* live = live_run(id);
  if (live && live->prepared.submission) return go(live->prepared);
  const auto read = [id](RunStore& store) { return store.submission(id); };
  store_->read<std::optional<StoredSubmission>>(
      read, [this, id, go = std::move(go)](Result<std::optional<StoredSubmission>> found) mutable {
        if (!found) {
          // Of the store, not of the run: it is there, and will be readable again.
          note_store(found.error());
          const SteadyTime again = parts_.surroundings.clock.steady_now() + kStoreRetry;
          parts_.timers.add(again,
                            [this, id, go = std::move(go)]() mutable { hand_over(id, std::move(go)); });
          return;
        }
        if (!*found) return go(Error{ErrorCode::kInternal, "the store has lost what was submitted"});
        Result<Value> params = parse_json((*found)->request);
        if (!params || !params->is_dict())
          return go(Error{ErrorCode::kInternal, "the stored request is damaged"});
        auto submission = read_submission(params->as_dict(), &(*found)->workflow);
        if (auto* error = std::get_if<RpcError>(&submission))
          return go(Error{ErrorCode::kInternal, error->message});
        PreparedRun prepared{std::make_shared<const Submission>(std::move(std::get<Submission>(submission)))};
        // Hooks need it at the end.
        if (LiveRun* run = live_run(id)) run->prepared.submission = prepared.submission;
        go(std::move(prepared));
      });
}

bool RunBook::cancel(std::string_view id) {
  LiveRun* live = live_run(id);
  if (!live || live->end || !parts_.tasks.cancel(id)) return false;
  live->is_cancelled = true;
  return true;
}

void RunBook::when_ended(std::string_view id, std::function<void(const RunRow&)> then,
                         std::function<bool()> is_wanted) {
  LiveRun& live = *live_run(id);
  if (live.waiters.size() >= live.swept_waiters) {
    std::erase_if(live.waiters, [](const LiveRun::Waiter& waiter) { return !waiter.is_wanted(); });
    live.swept_waiters = std::max<std::size_t>(16, 2 * live.waiters.size());
  }
  live.waiters.push_back({std::move(then), std::move(is_wanted)});
}

// ---- what the table tells

void RunBook::on_task_changed(const TaskHandle& task) {
  LiveRun* live = live_run(task->id);
  // Without its task it is just being entered; that is told there.
  if (!live || !live->task || task->ended()) return;
  if (const RunningTask* running = task->running()) {
    live->row.status = word(TaskStatus::kRunning);
    live->row.started_at = micros(running->started_at);
    live->row.attempt = task->attempt;
  } else if (live->row.status == word(TaskStatus::kRunning)) {
    // The next attempt after a failure.
    live->row.status = word(TaskStatus::kPending);
    live->row.attempt = task->attempt;
    const int left = live->last_attempt - task->attempt;
    write([id = task->id, attempt = task->attempt,
           left](RunStore& store) { return store.mark_pending(id, attempt, left); },
          [] {});
  }
  observer_.on_changed(*live);
}

void RunBook::on_task_ended(const TaskHandle& task) {
  LiveRun& live = *live_run(task->id);
  const std::string id = task->id;
  const EndedTask& ended = *task->ended();
  ++unsettled_;
  const bool is_interrupted = ended.status == TaskStatus::kInterrupted;
  if (is_interrupted && live.row.retries_interrupts && !live.is_cancelled) return leave_for_next(id);
  // (A shutdown came before the cancel that somebody was told of; where its events say so already, it stays
  // interrupted.)
  const TaskStatus status = is_interrupted && live.is_cancelled ? TaskStatus::kCancelled : ended.status;
  RunRow& row = live.end.emplace(live.row);
  row.completed_at = micros(ended.completed_at);
  row.duration = seconds(ended.duration);
  row.exit_code = status == TaskStatus::kCancelled ? 130 : ended.exit_code.value_or(1);
  row.error = ended.error;
  if (const Value* nodes = ended.result.is_dict() ? ended.result.as_dict().find("nodes") : nullptr) {
    row.summary = json_text(*nodes);
  }
  row.status = word(status);
  // A run that was cancelled when its attempt had failed already, or been interrupted, took itself for one
  // that is followed by another attempt.
  const bool is_failure = status == TaskStatus::kFailed || status == TaskStatus::kTimeout;
  const bool may_lack_end = (is_failure && live.row.attempt < live.last_attempt) || status != ended.status;
  const auto store = [this, id] { store_end(id); };
  // Posted: what the run's thread has posted before, its events, has to come first.
  if (ended.started_at && !may_lack_end) return parts_.post(store);
  write_missing_end(id, run_status(status), ended.started_at.has_value(), store);
}

/// Those who follow it see an end, too; and after a crash before the store has it, `restore` finds it there.
void RunBook::write_missing_end(const std::string& id, RunStatus status, bool has_begun,
                                std::function<void()> then) {
  LiveRun& live = *live_run(id);
  RunOutcome outcome{.status = status, .exit_code = *live.end->exit_code, .error = live.end->error};
  RunOptions options{.run_id = id, .workflow_path = live.row.workflow, .attempt = live.row.attempt};
  parts_.background.submit(
      [this, id, has_begun, outcome, options, then = std::move(then), path = event_path(id)]() mutable {
        EventFileEnd found = find_event_file_end(path);
        if (found.finished) {
          // What is there counts, as it would after a crash.
          return parts_.post([this, id, line = *found.finished, then = std::move(then)] {
            if (LiveRun* run = live_run(id)) take_end(*run->end, line);
            then();
          });
        }
        auto events = std::make_shared<RunEvents>(path, id, std::move(found), 0, [] {});
        options.last_seq = events->last_seq();
        events->hold_all();
        if (!has_begun) {
          report_unstarted(*events, parts_.surroundings.clock, options, nullptr, outcome);
        } else {
          report_interrupted(*events, parts_.surroundings.clock, options, outcome);
        }
        // Losing events is no failure; `error` keeps it.
        [[maybe_unused]] const Result<void> closed = events->close();
        parts_.post([this, id, events, then = std::move(then)] {
          if (LiveRun* run = live_run(id)) replace_events(*run, events);
          then();
        });
      });
}

void RunBook::store_end(const std::string& id) {
  LiveRun& live = *live_run(id);
  if (!live.prepared.submission) {
    // Hooks are in it, and it leaves the store with the end.
    return hand_over(id, [this, id](const Result<PreparedRun>&) { store_end_now(id); });
  }
  store_end_now(id);
}

void RunBook::store_end_now(const std::string& id) {
  LiveRun& live = *live_run(id);
  if (live.events) live.end->event_bytes = static_cast<std::int64_t>(live.events->size());
  write([row = *live.end](RunStore& store) { return store.finish(row); }, [this, id] { settle(id); });
}

/// Pending again, for the next daemon.
void RunBook::leave_for_next(const std::string& id) {
  LiveRun& live = *live_run(id);
  live.row.status = word(TaskStatus::kPending);
  ++live.row.attempt;
  const int left = std::max(0, live.last_attempt - live.row.attempt + 1);
  write([id, attempt = live.row.attempt,
         left](RunStore& store) { return store.mark_pending(id, attempt, left); },
        [this, id] {
          const std::unique_ptr<LiveRun> run = take_out(id);
          for (const LiveRun::Waiter& waiter : run->waiters) waiter.then(run->row);
        });
}

std::unique_ptr<LiveRun> RunBook::take_out(const std::string& id) {
  const auto found = live_.find(id);
  std::unique_ptr<LiveRun> run = std::move(found->second);
  live_.erase(found);
  --unsettled_;
  if (run->prepared.plan) --cached_;
  return run;
}

void RunBook::release_events(LiveRun& live) {
  live.events->release();
  live.end->event_bytes = static_cast<std::int64_t>(live.events->size());
  note_lost_events(live.row.id, live.events->error());
}

/// What the attempt before could not write is lost now.
void RunBook::replace_events(LiveRun& live, std::shared_ptr<RunEvents> events) {
  if (live.events) note_lost_events(live.row.id, live.events->error());
  live.events = std::move(events);
}

void RunBook::note_lost_events(const std::string& id, const std::optional<Error>& error) {
  if (!error) return;
  ++lost_event_files_;
  parts_.log.warning("run " + id + ": events were lost: " + describe(*error));
}

/// It is durable: now everybody may know.
void RunBook::settle(const std::string& id) {
  LiveRun& live = *live_run(id);
  if (live.events) release_events(live);
  live.task = nullptr;
  live.row = std::move(*live.end);
  observer_.on_changed(live);
  const std::unique_ptr<LiveRun> ended = take_out(id);
  observer_.on_ended(ended->row, ended->prepared.submission);
  for (const LiveRun::Waiter& waiter : ended->waiters) waiter.then(ended->row);
}

void RunBook::answer_waiters() {
  for (const auto& [id, run] : live_) {
    for (const LiveRun::Waiter& waiter : std::exchange(run->waiters, {})) waiter.then(run->row);
  }
}

// ---- the store

void RunBook::note_store(const Result<void>& result) {
  if (result || is_refusal(result.error())) {
    if (!store_error_.empty()) parts_.log.info("the store can be written again");
    store_error_.clear();
    return;
  }
  if (store_error_.empty()) parts_.log.error("the store cannot be written: " + describe(result.error()));
  store_error_ = describe(result.error());
}

void RunBook::write(Change change, std::function<void()> done) {
  store_->write(change, [this, change, done = std::move(done)](Result<void> result) mutable {
    note_store(result);
    if (result) return done();
    if (is_refusal(result.error())) {
      // Trying again would not help: the store refuses what would break its promises.
      parts_.log.error("the store has refused a change: " + describe(result.error()));
      return done();
    }
    const SteadyTime again = parts_.surroundings.clock.steady_now() + kStoreRetry;
    parts_.timers.add(again, [this, change = std::move(change), done = std::move(done)]() mutable {
      write(std::move(change), std::move(done));
    });
  });
}

}  // namespace vnode
