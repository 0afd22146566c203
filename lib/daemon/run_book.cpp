#include "daemon/run_book.h"

#include <algorithm>

#include "base/spelling.h"
#include "base/utc_time.h"
#include "daemon/run_lender.h"
#include "daemon/run_row_text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

/// Live runs keep their workflow in memory while there are not too many of them.
constexpr std::size_t kMostCached = 512;

/// Beyond the grace period: for whatever holds the journal of an attempt that was cut off to be gone.
constexpr Duration kLockPatience = std::chrono::seconds(5);

RpcError server_error(std::string word, std::string message, Dict data = {}) {
  return {RpcErrorCode::kServer, std::move(word), std::move(message), std::move(data)};
}

std::string json_text(const Value& value) {
  std::string text;
  if (value.is_dict() && !value.as_entries().empty()) append_json(text, value, NonFinite::kBare);
  return text;
}

OnInterrupt on_interrupt_of(const CheckedSubmission& submission, OnInterrupt standard) {
  if (submission.given.on_interrupt.empty()) {
    const bool cannot = standard == OnInterrupt::kResume && !submission.given.journal.value_or(true);
    return cannot ? OnInterrupt::kRetry : standard;
  }
  if (submission.resumes_interrupts()) return OnInterrupt::kResume;
  return submission.retries_interrupts() ? OnInterrupt::kRetry : OnInterrupt::kFail;
}

Value resources_value(const Demands& demands) {
  Dict resources;
  for (const auto& [name, amount] : demands) resources.set(name, resource_amount_value(amount));
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

std::vector<const LiveRun*> RunBook::live(std::size_t most) const {
  std::vector<const LiveRun*> first;
  for (auto at = by_number_.begin(); at != by_number_.end() && first.size() < most; ++at) {
    first.push_back(at->second);
  }
  return first;
}

const LiveRun* RunBook::newest_before(std::int64_t number) const {
  const auto behind = by_number_.lower_bound(number);
  return behind == by_number_.begin() ? nullptr : std::prev(behind)->second;
}

bool RunBook::is_executing() const {
  return std::any_of(live_.begin(), live_.end(), [](const auto& entry) {
    return entry.second->life.template in<RunningRun>() != nullptr;
  });
}

std::vector<const LiveRun*> RunBook::executing() const {
  std::vector<const LiveRun*> runs;
  for (const auto& [number, live] : by_number_) {
    if (live->life.in<RunningRun>()) runs.push_back(live);
  }
  return runs;
}

// ---- accepting

std::optional<RpcError> RunBook::check(const CheckedSubmission& submission, std::size_t runs) const {
  const QueuePlanner& planner = parts_.tasks.planner();
  if (!planner.has_queue(submission.given.queue)) {
    std::vector<std::string> names;
    for (const QueueView& queue : planner.queues()) names.push_back(queue.name);
    return server_error("unknown_queue", with_hint("there is no queue '" + submission.given.queue + "'",
                                                   spelling_hint(submission.given.queue, names)));
  }
  const std::vector<ResourceView> resources = planner.resources();
  for (const auto& [name, amount] : submission.given.resources) {
    const auto found = std::find_if(resources.begin(), resources.end(),
                                    [&name = name](const ResourceView& view) { return view.name == name; });
    if (found == resources.end()) {
      return server_error("unknown_resource",
                          "there is no resource '" + name + "' (see resources in vnode.yaml)");
    }
    if (found->total < amount) {
      return server_error("too_much", "the run asks for " + resource_amount_text(amount) + " of " + name +
                                          "; there " + (found->total == kOneResource ? "is " : "are ") +
                                          resource_amount_text(found->total) + " in all");
    }
  }
  const std::size_t most = parts_.settings.max_pending;
  const std::size_t pending = parts_.tasks.count(RunStatus::kPending) + entering_;
  if (pending + runs > most && runs > 1) {
    return server_error("queue_full", std::to_string(runs) + " runs more would be too many pending ones: " +
                                          std::to_string(pending) + " are pending, of at most " +
                                          std::to_string(most) + " (max_pending)");
  }
  if (pending >= most) {
    return server_error("queue_full",
                        "there are " + std::to_string(most) + " pending runs already (max_pending)");
  }
  return std::nullopt;
}

RunRow RunBook::new_row(const CheckedSubmission& submission, const std::string& digest) {
  const WallTime now = parts_.surroundings.clock.wall_now();
  RunRow row;
  row.number = ++last_.number;
  row.id = run_id(row.number, now, std::string_view(last_.id).substr(0, last_.id.find('-')));
  last_.id = row.id;
  row.status = RunStatus::kPending;
  row.queue = submission.given.queue;
  row.priority = submission.priority();
  row.retries = submission.retries();
  const OnInterrupt on_interrupt = on_interrupt_of(submission, parts_.settings.on_interrupt);
  row.retries_interrupts = on_interrupt != OnInterrupt::kFail;
  row.resumes_interrupts = on_interrupt == OnInterrupt::kResume;
  row.workflow = submission.shown_workflow();
  row.description = submission.given.description;
  row.created_at = micros(now);
  row.info = json_text(submission.info());
  row.resources = json_text(resources_value(submission.demands()));
  if (submission.given.timeout) row.timeout = seconds(*submission.given.timeout);
  row.key = submission.given.key;
  row.digest = digest;
  row.dependencies = Dependencies{submission.given.after, submission.given.after_any, {}}.json();
  return row;
}

void RunBook::submit(NewRun run, Done done) {
  if (std::optional<RpcError> refused = check(*run.prepared.submission)) return done(std::move(*refused));
  RunRow row = new_row(*run.prepared.submission, run.digest);
  row.parameters = std::move(run.parameters);
  // What is under the key already, found where changes come one after the other.
  auto earlier = std::make_shared<std::optional<RunRow>>();
  const auto change = [row, stored = std::move(run.stored), earlier](RunStore& store) -> Result<void> {
    if (!row.key.empty()) {
      Result<std::optional<RunRow>> found = store.find_key(row.key);
      if (!found) return found.error();
      *earlier = std::move(*found);
      if (*earlier) return {};
    }
    return store.insert(row, *stored);
  };
  ++entering_;
  store_->write(change, [this, row, earlier, prepared = std::move(run.prepared),
                         secrets = std::move(run.secrets), done = std::move(done)](Result<void> result) {
    note_store(result);
    if (!result || *earlier) --entering_;
    if (!result) return done(server_error("store_unavailable", "not accepted: " + describe(result.error())));
    if (*earlier) return answer_earlier(**earlier, row, done);
    enter_in_order([this, row, prepared, secrets, done] {
      --entering_;
      enter(row, prepared, RunLife({.retries_left = row.retries}, on_interrupt_of(row)), secrets);
      done(Accepted{row.id});
      return true;
    });
  });
}

/// There is a run under the key already, or a group whose first run has it.
void RunBook::answer_earlier(const RunRow& earlier, const RunRow& row, const Done& done) const {
  const std::string id = earlier.group == 0 ? earlier.id : group_id(earlier.group, earlier.id);
  if (earlier.digest == row.digest) {
    const RunGroup* group = groups_.find(earlier.group);
    return done(Accepted{id, true, group ? static_cast<std::size_t>(group->row.size) : 0});
  }
  done(server_error("key_conflict", "the key '" + row.key + "' was used for something else: run " + id,
                    {{"run_id", id}}));
}

void RunBook::enter_in_order(Entering enter_some) {
  entering_now_.push_back(std::move(enter_some));
  if (entering_now_.size() == 1) go_on_entering();
}

void RunBook::go_on_entering() {
  while (!entering_now_.empty()) {
    if (!entering_now_.front()()) return parts_.post([this] { go_on_entering(); });
    entering_now_.pop_front();
  }
}

void RunBook::enter(RunRow row, PreparedRun prepared, RunLife life, std::shared_ptr<const Secrets> secrets) {
  auto entry = std::make_unique<LiveRun>(LiveRun{.row = std::move(row), .life = std::move(life)});
  LiveRun& live = *entry;
  live.secrets = std::move(secrets);
  if (prepared.plan && cached_ < kMostCached) {
    live.prepared = std::move(prepared);
    ++cached_;
  }
  live_[live.row.id] = std::move(entry);
  by_number_[live.row.number] = &live;
  ++counts_[live.row.status];
  // It may have been removed while the run was on its way to the disk: what was accepted has a place to wait.
  if (!parts_.tasks.planner().has_queue(live.row.queue)) parts_.tasks.set_queue(live.row.queue, 1);
  TaskRequest request{.id = live.row.id, .queue = live.row.queue, .priority = live.row.priority};
  request.resources = demands_of(live.row);
  if (live.row.timeout)
    request.timeout = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*live.row.timeout));
  if (live.row.paused_at) {
    request.pause = TaskPause{live.row.pause_stops_processes ? RunPause::kStop : RunPause::kHold,
                              wall_time(*live.row.paused_at)};
  }
  request.retry_delay = parts_.settings.retry_delay;
  request.attempt = live.life.attempts().number;
  request.has_dependencies = !Dependencies::read(live.row.dependencies).open().empty();
  request.on_ended = [this](const TaskHandle& task) { on_task_ended(task); };
  live.task =
      parts_.tasks.submit(std::move(request), [this](const TaskRecord& record) { return make_work(record); });
  if (live.task->status() == RunStatus::kPending) watch_dependencies(live);
  observer_.on_changed(live);
}

// ---- running

std::unique_ptr<TaskWork> RunBook::make_work(const TaskRecord& record) {
  const std::string id = record.id;
  LiveRun& live = *live_run(id);
  RunOrder order{.id = id, .attempt = live.life.attempts().number};
  order.event_path = event_path(id);
  if (live.events) order.last_seq = live.events->last_seq();
  order.event_limits = {parts_.settings.max_value_bytes, parts_.settings.max_event_bytes};
  order.logged_errors = parts_.settings.logged_errors;
  order.limits = parts_.settings.limits;
  order.path_map = parts_.settings.path_map;
  order.max_result_bytes = parts_.settings.max_result_bytes;
  order.journal = {.path = journal_path(order.event_path),
                   .resumes = !live.row.resume.empty(),
                   .patience = parts_.settings.process_grace + kLockPatience,
                   .most = parts_.settings.max_journal_bytes,
                   .cache = parts_.settings.cache,
                   .most_cached = parts_.settings.max_cache_bytes};
  order.keeps_journal = parts_.settings.keeps_journals || live.row.resumes_interrupts;
  order.warn = [this, id](std::string what) {
    parts_.post([this, id, what] { parts_.log.warning("run " + id + ": " + what); });
  };
  if (record.resources.empty()) {
    order.lender = std::make_shared<RunLender>(RunLender::Parts{.tasks = parts_.tasks,
                                                                .post = parts_.post,
                                                                .run_id = id,
                                                                .priority = record.priority,
                                                                .total = parts_.settings.resources});
  }
  order.secrets = live.secrets;
  order.read_secrets = parts_.settings.read_secrets;
  order.begin = [this, id](std::function<void(Result<PreparedRun>)> go) {
    live_run(id)->start_attempt = std::move(go);
  };
  order.on_events = [this, id](std::shared_ptr<RunEventLog> events) {
    parts_.post([this, id, events = std::move(events)] {
      LiveRun* run = live_run(id);
      if (!run) return;
      if (run->events != events) replace_events(*run, events);
      observer_.on_events(id);
    });
  };
  order.on_grown = [this, id] { parts_.post([this, id] { observer_.on_events(id); }); };
  order.judge = [this, id](AttemptEnd end, std::shared_ptr<RunEventLog> events, std::string results) {
    return judge(id, std::move(end), events, std::move(results));
  };
  return std::make_unique<RunJob>(parts_.surroundings, std::move(order));
}

bool RunBook::cancel(std::string_view id) {
  LiveRun* live = live_run(id);
  if (!live || !live->life.may_be_cancelled()) return false;
  carry_out(*live, live->life.cancel());
  return true;
}

bool RunBook::pause(std::string_view id, RunPause how, std::function<void()> done) {
  LiveRun* live = live_run(id);
  if (!live || !live->life.may_be_cancelled()) return false;
  how == RunPause::kNone ? parts_.tasks.unpause(id) : parts_.tasks.pause(id, how);
  const std::optional<TaskPause>& pause = live->task->pause;
  RunRow& row = live->row;
  row.paused_at = pause ? std::optional(micros(pause->since)) : std::nullopt;
  row.pause_stops_processes = pause && pause->how == RunPause::kStop;
  // What is said later must not be overwritten by what was tried again.
  const auto is_wanted = [this, run = row.id, at = row.paused_at, stops = row.pause_stops_processes] {
    const LiveRun* still = find(run);
    return still && still->row.paused_at == at && still->row.pause_stops_processes == stops;
  };
  write([run = row.id, at = row.paused_at,
         stops = row.pause_stops_processes](RunStore& store) { return store.set_pause(run, at, stops); },
        std::move(done), is_wanted);
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
    // (Also told when it is asked to stop.)
    if (!live->life.in<PendingRun>()) return observer_.on_changed(*live);
    live->row.started_at = micros(running->started_at);
    carry_out(*live, live->life.its_turn_came());
  } else if (live->life.in<DecidingRun>()) {
    carry_out(*live, live->life.waits_again());
  } else {
    observer_.on_changed(*live);
  }
}

TaskVerdict RunBook::judge(const std::string& id, AttemptEnd end, const std::shared_ptr<RunEventLog>& events,
                           std::string results) {
  LiveRun& live = *live_run(id);
  // What its thread has told of them may still be on its way.
  if (events && live.events != events) replace_events(live, events);
  live.results = std::move(results);
  live.life.attempt_ended(std::move(end));
  return live.life.is_to_be_tried_again() ? TaskVerdict::kAgain : TaskVerdict::kEnd;
}

void RunBook::on_task_ended(const TaskHandle& task) {
  LiveRun& live = *live_run(task->id);
  const EndedTask& ended = *task->ended();
  live.ending = std::make_shared<RunEnding>(RunEnding{.row = live.row});
  RunRow& row = live.ending->row;
  row.completed_at = micros(ended.completed_at);
  row.duration = seconds(ended.duration);
  if (const Value* nodes = member(ended.result, "nodes")) row.summary = json_text(*nodes);
  AttemptEnd end{.status = ended.status,
                 .exit_code = ended.exit_code.value_or(exit_code_of(ended.status)),
                 .error = ended.error};
  carry_out(live, live.life.left_its_queue(std::move(end)));
}

void RunBook::answer_waiters() {
  groups_.answer_waiters();
  for (const auto& [id, run] : live_) {
    for (const LiveRun::Waiter& waiter : std::exchange(run->waiters, {})) waiter.then(run->row);
  }
}

}  // namespace vnode
