#include "daemon/daemon.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <set>
#include <thread>

#include "base/private_folder.h"
#include "base/utc_time.h"
#include "daemon/core.h"
#include "daemon/delayed_flush.h"
#include "daemon/hook_runner.h"
#include "daemon/instance_lock.h"
#include "daemon/listening.h"
#include "daemon/metrics.h"
#include "daemon/run_row_text.h"
#include "daemon/server_tls.h"
#include "daemon/sessions.h"
#include "daemon/store_watch.h"

namespace vnode {
namespace {

/// After the grace period runs are stopped; those that have not given way by then, with what they have
/// started, are left to the end of the process.
constexpr auto kStopTime = std::chrono::seconds(20);
/// How long clients have to take their last answers.
constexpr auto kCloseTime = std::chrono::seconds(1);

unsigned cores() { return std::max(1u, std::thread::hardware_concurrency()); }

std::optional<SteadyTime> earlier(std::optional<SteadyTime> a, std::optional<SteadyTime> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

class Daemon::Impl {
 public:
  Impl(DaemonSettings settings, std::optional<TlsContext> tls, DaemonServices services, InstanceLock lock,
       std::unique_ptr<RunStore> store)
      : lock_(std::move(lock)),
        settings_(std::move(settings)),
        tls_(std::move(tls)),
        services_(std::move(services)),
        catalog_(
            services_.clock, [this](const Registry* last) { return load_nodes(last); },
            settings_.node_folders),
        background_(std::in_place, std::max(2u, cores())),
        large_(std::in_place, 1u),
        threads_(std::in_place, settings_.workers > 0 ? settings_.workers : cores()),
        table_(std::in_place, services_.clock, table_settings()),
        early_store_(std::move(store)) {
    flusher_.emplace(
        DelayedFlush::Parts{.post = [this](std::function<void()> job) { loop_.post(std::move(job)); },
                            .timers = timers_,
                            .clock = services_.clock,
                            .workers = *background_});
    // One thread at least is there, should the system give no more later.
    background_->submit([] {});
    large_->submit([] {});
  }

  /// Everything that may call back ends before what it calls: runs, their threads, workers, the store.
  ~Impl() {
    sessions_.reset();
    metrics_.reset();
    table_.reset();
    threads_.reset();
    flusher_.reset();
    large_.reset();
    background_.reset();
    store_.reset();
  }

  Result<void> start();
  Result<void> run();
  void signal(DaemonSignal signal);
  bool has_given_up() const { return has_given_up_; }
  const DaemonRecord& addresses() const { return core_->addresses; }

 private:
  TaskTableSettings table_settings();
  RunObserver observer();
  Result<void> restore_queues();
  void apply_queues();
  void step();
  void shut_down(std::optional<Duration> grace);
  void stop_runs();
  bool settle(SteadyTime until);
  Result<void> finish();
  void turn(std::optional<SteadyTime> until);
  Registry load_nodes(const Registry* last);
  void reload();
  void take_settings(DaemonSettings settings);
  void renew_certificate();
  void notify(std::string_view what) {
    if (services_.notify) services_.notify(what);
  }
  void feed_watchdog();
  void watch_store();

  // In order of destruction: what others call last.
  InstanceLock lock_;
  DaemonSettings settings_;
  const std::optional<TlsContext> tls_;  ///< as of the start
  const DaemonServices services_;
  EventLoop loop_;
  TimerQueue timers_;
  NodeCatalog catalog_;
  HttpClient http_;
  std::optional<WorkerPool> background_;
  std::optional<DelayedFlush> flusher_;
  std::optional<WorkerPool> large_;
  std::optional<RunThreads> threads_;
  std::optional<TaskTable> table_;
  std::unique_ptr<RunStore> early_store_;  ///< until its thread has it
  std::optional<StoreThread> store_;
  std::optional<RunBook> book_;
  std::optional<DaemonCore> core_;
  std::optional<HookRunner> hooks_;
  std::optional<Sessions> sessions_;
  std::optional<Metrics> metrics_;
  std::optional<Listening> listening_;
  std::optional<StoreWatch> watch_;

  std::atomic<int> terminations_ = 0;  ///< how often it was asked to end
  int seen_terminations_ = 0;
  bool is_stopping_runs_ = false;
  bool is_store_lost_ = false;                    ///< nothing can be stored any more
  bool has_given_up_ = false;                     ///< runs that do not end are left behind
  std::map<std::string, QueueRow> saved_queues_;  ///< what clients have set, over the configuration
};

TaskTableSettings Daemon::Impl::table_settings() {
  TaskTableSettings table;
  table.keep = 0;  // the store remembers
  table.default_concurrency = cores();
  table.on_changed = [this](const TaskHandle& task) { book_->on_task_changed(task); };
  table.on_callback_error = [this](const TaskRecord& task, std::string_view what) {
    services_.log.error("run " + task.id + ": " + std::string(what));
  };
  return table;
}

RunObserver Daemon::Impl::observer() {
  RunObserver observer;
  observer.on_changed = [this](const LiveRun& run) {
    if (sessions_) sessions_->on_changed(run);
  };
  observer.on_ended = [this](const RunRow& row, const std::shared_ptr<const CheckedSubmission>& submission) {
    services_.log.info(end_text(row));
    if (sessions_) sessions_->on_ended(row);
    if (hooks_) hooks_->on_ended(row, submission);
    if (metrics_) metrics_->on_ended(row);
  };
  observer.on_group_changed = [this](const RunGroup& group) {
    if (sessions_) sessions_->on_group_changed(group);
  };
  observer.on_removed = [this](const std::vector<std::string>& ids) {
    if (sessions_) sessions_->on_removed(ids);
  };
  observer.on_store_failed = [this] {
    if (watch_) watch_->look_often();
  };
  observer.on_events = [this](const std::string& id) {
    if (sessions_) sessions_->on_events(id);
  };
  return observer;
}

Result<void> Daemon::Impl::start() {
  table_->set_wake([this] { loop_.wake(); });
  const std::string events = settings_.state_directory + "/events";
  if (Result<void> made = make_private_folder(events); !made) return made;
  if (Result<void> restored = restore_queues(); !restored) return restored;
  book_.emplace(RunBook::Parts{.surroundings = {services_.clock, *threads_, http_, catalog_, *flusher_},
                               .tasks = *table_,
                               .timers = timers_,
                               .background = *background_,
                               .post = [this](std::function<void()> job) { loop_.post(std::move(job)); },
                               .log = services_.log,
                               .event_folder = events,
                               .settings = settings_},
                observer());
  if (const Result<void> kept = early_store_->keep_reserve(); !kept) {
    services_.log.warning(describe(kept.error()));
    book_->make_room(*early_store_);
  }
  Result<RunBook::Left> left = book_->restore(*early_store_);
  if (!left) return left.error();
  Result<std::unique_ptr<RunStore>> reader = RunStore::open_reader(settings_.state_directory);
  if (!reader) return reader.error();
  store_.emplace(
      std::move(early_store_), [this](std::function<void()> job) { loop_.post(std::move(job)); },
      std::move(*reader));
  book_->write_to(*store_);
  core_.emplace(DaemonCore{.services = services_,
                           .settings = settings_,
                           .loop = loop_,
                           .timers = timers_,
                           .store = *store_,
                           .tasks = *table_,
                           .book = *book_,
                           .catalog = catalog_,
                           .background = *background_,
                           .large = *large_,
                           .saved_queues = saved_queues_,
                           .started = services_.clock.steady_now()});
  core_->shut_down = [this](std::optional<Duration> grace) { shut_down(grace); };
  core_->count_clients = [this] { return sessions_->count(); };
  hooks_.emplace(*core_, http_);
  sessions_.emplace(*core_);
  metrics_.emplace(*core_);
  listening_.emplace(Listening::Parts{*core_, lock_, *sessions_, *metrics_});
  if (Result<void> opened = listening_->open(tls_); !opened) {
    listening_->close();
    return opened;
  }
  if (left->interrupted + left->queued_again > 0) {
    services_.log.warning(std::to_string(left->interrupted + left->queued_again) +
                          " runs were cut off by the end of the daemon before; " +
                          std::to_string(left->queued_again) + " of them are queued again");
  }
  book_->announce_restored();
  book_->keep_retention();
  watch_store();
  listening_->look();
  notify("READY=1");
  feed_watchdog();
  return {};
}

void Daemon::Impl::watch_store() {
  watch_.emplace(
      StoreWatch::Parts{.store = *store_,
                        .timers = timers_,
                        .clock = services_.clock,
                        .on_checked = [this](const Result<void>& checked) { book_->note_checked(checked); },
                        .is_idle = [this] { return !book_->is_executing(); },
                        .on_lost =
                            [this] {
                              services_.log.error("ends, because " + book_->store_error());
                              is_store_lost_ = true;
                              shut_down(Duration::zero());
                            },
                        .watch_folder =
                            [this](std::function<void()> changed) {
                              return PathWatch::make(loop_, settings_.state_directory, std::move(changed));
                            }});
  watch_->look();
}

Result<void> Daemon::Impl::restore_queues() {
  Result<std::vector<QueueRow>> rows = early_store_->queues();
  if (!rows) return rows.error();
  for (QueueRow& row : *rows) saved_queues_[row.name] = row;
  apply_queues();
  return {};
}

/// Configuration first, then what clients have set since: that wins.
void Daemon::Impl::apply_queues() {
  for (const auto& [name, concurrency] : settings_.queues) table_->set_queue(name, concurrency);
  for (const auto& [name, row] : saved_queues_) {
    if (row.concurrency > 0) {
      table_->set_queue(name, static_cast<std::size_t>(row.concurrency));
    } else if (!table_->planner().has_queue(name)) {
      table_->set_queue(name, 1);  // not configured any more, but perhaps not empty
    }
    table_->set_paused(name, row.is_paused);
  }
  std::vector<std::string> gone;
  for (const ResourceView& view : table_->planner().resources()) {
    if (!settings_.resources.contains(view.name)) gone.push_back(view.name);
  }
  for (const std::string& name : gone) table_->remove_resource(name);
  for (const auto& [name, total] : settings_.resources) table_->set_resource(name, total);
}

Result<void> Daemon::Impl::run() {
  while (true) {
    step();
    // Nothing is left to wait for: the rest of the grace period is not needed.
    if (core_->is_stopping && table_->count(RunStatus::kRunning) == 0) stop_runs();
    // (Hooks that are under way have a time of their own: `finish`.)
    const bool is_done = is_stopping_runs_ && table_->count(RunStatus::kRunning) == 0;
    if (is_done || has_given_up_) return finish();
  }
}

/// One turn: what is due, what the table has to do, what clients want.
void Daemon::Impl::step() {
  const int terminations = terminations_;
  while (seen_terminations_ < terminations) {
    const bool is_first = seen_terminations_++ == 0;
    shut_down(is_first ? std::nullopt : std::optional<Duration>(Duration::zero()));
  }
  try {
    timers_.run_due(services_.clock.steady_now());
    if (table_->step()) return loop_.wait_until(services_.clock.steady_now());
    loop_.wait_until(earlier(timers_.next(), table_->next_deadline()));
  } catch (const std::bad_alloc&) {
    // Of something that nobody has asked for; calls have their answer. The others go on.
    services_.log.error("there is no memory left: something was not done");
  }
}

void Daemon::Impl::signal(DaemonSignal signal) {
  if (signal == DaemonSignal::kTerminate) {
    ++terminations_;
    loop_.wake();
  } else {
    loop_.post([this] { reload(); });
  }
}

void Daemon::Impl::shut_down(std::optional<Duration> grace) {
  const Duration time = grace.value_or(settings_.shutdown_grace);
  if (!std::exchange(core_->is_stopping, true)) {
    services_.log.info("shutting down");
    notify("STOPPING=1");
    listening_->close();
    table_->hold();
  }
  if (is_stopping_runs_) return;
  if (time <= Duration::zero() || table_->count(RunStatus::kRunning) == 0) return stop_runs();
  timers_.add(services_.clock.steady_now() + time, [this] { stop_runs(); });
}

void Daemon::Impl::stop_runs() {
  if (std::exchange(is_stopping_runs_, true)) return;
  table_->shut_down();
  timers_.add(services_.clock.steady_now() + kStopTime, [this] { has_given_up_ = true; });
}

void Daemon::Impl::turn(std::optional<SteadyTime> until) {
  timers_.run_due(services_.clock.steady_now());
  table_->step();
  loop_.wait_until(earlier(timers_.next(), until));
}

/// False when the ends of some runs cannot be stored until then.
bool Daemon::Impl::settle(SteadyTime until) {
  table_->step();  // what was cancelled in this moment ends, too
  while (!book_->is_settled() && !is_store_lost_ && services_.clock.steady_now() < until) turn(until);
  return book_->is_settled();
}

/// All runs have ended: their ends are stored, the clients have their answers.
Result<void> Daemon::Impl::finish() {
  const Clock& clock = services_.clock;
  const SteadyTime until = clock.steady_now() + kStopTime;
  settle(until);
  const SteadyTime hooks_until = clock.steady_now() + kStopTime;
  while (!hooks_->is_idle() && clock.steady_now() < hooks_until) turn(hooks_until);
  // What clients have asked for comes back behind everything that was asked for before.
  int missing = 0;
  for (const StoreOrder order : {StoreOrder::kBehindChanges, StoreOrder::kAtOnce}) {
    ++missing;
    store_->read<bool>([](RunStore&) { return Result<bool>(true); }, [&missing](Result<bool>) { --missing; },
                       order);
  }
  while (missing > 0) turn(std::nullopt);
  const bool is_complete = settle(until);
  book_->answer_waiters();
  const SteadyTime last = clock.steady_now() + kCloseTime;
  while (sessions_->close_all() > 0 && clock.steady_now() < last) {
    loop_.wait_until(last);
  }
  if (has_given_up_) {
    threads_->abandon();
    background_->abandon();
    large_->abandon();
  }
  if (is_store_lost_) return Error{ErrorCode::kIo, book_->store_error()};
  if (!is_complete) {
    return Error{ErrorCode::kIo, "not everything could be stored: " + book_->store_error()};
  }
  services_.log.info("ended");
  return {};
}

/// Whenever definitions are read; what was said of them before is not said again.
Registry Daemon::Impl::load_nodes(const Registry* last) {
  Registry registry = services_.load_nodes(last);
  std::set<std::pair<std::string_view, std::string_view>> told;
  if (last) {
    for (const LoadNote& note : last->notes()) told.emplace(note.file, note.message);
  }
  for (const LoadNote* note : remarks(registry)) {
    if (!told.contains({note->file, note->message})) services_.log.warning(note->file + ": " + note->message);
  }
  return registry;
}

void Daemon::Impl::reload() {
  if (core_->is_stopping) return;
  notify("RELOADING=1");
  std::string refusal;
  if (services_.load_settings) {
    Result<DaemonSettings> settings = services_.load_settings();
    if (settings) {
      take_settings(std::move(*settings));
    } else {
      refusal = describe(settings.error());
    }
  }
  renew_certificate();
  listening_->look();
  background_->submit([this, refusal] {
    catalog_.reload();
    loop_.post([this, refusal] {
      const std::string again = "node definitions have been read again";
      if (refusal.empty()) services_.log.info("configuration and " + again);
      if (!refusal.empty())
        services_.log.error("the configuration stays as it was: " + refusal + "; " + again);
      notify("READY=1");
    });
  });
}

/// What may change while it runs (settings.h).
void Daemon::Impl::take_settings(DaemonSettings settings) {
  settings.version = settings_.version;
  settings.state_directory = settings_.state_directory;
  settings.socket = settings_.socket;
  const std::string listen = std::exchange(settings.listen, settings_.listen);
  const std::string metrics = std::exchange(settings.metrics, settings_.metrics);
  settings.workers = settings_.workers;
  settings.executors = settings_.executors;
  if (settings.token.empty()) settings.token = settings_.token;
  if (settings.tls_certificate.empty()) {
    settings.tls_certificate = settings_.tls_certificate;
    settings.tls_key = settings_.tls_key;
  }
  settings_ = std::move(settings);
  listening_->take(listen, metrics);
  catalog_.set_folders(settings_.node_folders);
  apply_queues();
  book_->keep_retention();
}

void Daemon::Impl::renew_certificate() {
  if (!sessions_->uses_tls()) return;
  const Result<std::optional<TlsContext>> tls = load_server_tls(settings_);
  if (!tls) return services_.log.warning("the certificate stays as it was: " + describe(tls.error()));
  if (*tls) sessions_->use_tls(**tls);
}

void Daemon::Impl::feed_watchdog() {
  if (services_.watchdog <= Duration::zero()) return;
  notify("WATCHDOG=1");
  timers_.add(services_.clock.steady_now() + services_.watchdog, [this] { feed_watchdog(); });
}

Result<std::unique_ptr<Daemon>> Daemon::start(DaemonSettings settings, DaemonServices services) {
  Result<std::optional<TlsContext>> tls = load_server_tls(settings);
  if (!tls) return tls.error();
  if (Result<void> made = make_private_folder(settings.state_directory); !made) return made.error();
  Result<InstanceLock> lock = InstanceLock::take(settings.state_directory + "/lock");
  if (!lock) return lock.error();
  Result<std::unique_ptr<RunStore>> store = RunStore::open(settings.state_directory);
  if (!store) return store.error();
  auto impl = std::make_unique<Impl>(std::move(settings), std::move(*tls), std::move(services),
                                     std::move(*lock), std::move(*store));
  if (Result<void> started = impl->start(); !started) return started.error();
  return std::unique_ptr<Daemon>(new Daemon(std::move(impl)));
}

Daemon::Daemon(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Daemon::~Daemon() {
  // Threads of runs that never ended still use it: it stays until the process ends.
  if (impl_->has_given_up()) [[maybe_unused]]
    Impl* left_behind = impl_.release();
}

Result<void> Daemon::run() { return impl_->run(); }

void Daemon::signal(DaemonSignal signal) { impl_->signal(signal); }

bool Daemon::leaves_threads() const { return impl_->has_given_up(); }

std::string Daemon::socket() const { return impl_->addresses().socket; }

std::string Daemon::tcp_address() const { return impl_->addresses().listen; }

std::string Daemon::metrics_address() const { return impl_->addresses().metrics; }

}  // namespace vnode
