#include "daemon/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "async/sockets.h"
#include "daemon/core.h"
#include "daemon/hook_runner.h"
#include "daemon/instance_lock.h"
#include "daemon/metrics.h"
#include "daemon/private_folder.h"
#include "daemon/server_socket.h"
#include "daemon/server_tls.h"
#include "daemon/sessions.h"
#include "daemon/time_text.h"

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
        catalog_(services_.clock, services_.load_nodes, settings_.node_folders),
        background_(std::in_place, std::max(2u, cores())),
        threads_(std::in_place, settings_.workers > 0 ? settings_.workers : cores()),
        table_(std::in_place, services_.clock, table_settings()),
        early_store_(std::move(store)) {
    background_->submit([] {});  // one thread at least is there, should the system give no more later
  }

  /// Everything that may call back ends before what it calls: runs, their threads, workers, the store.
  ~Impl() {
    sessions_.reset();
    metrics_.reset();
    table_.reset();
    threads_.reset();
    flusher_.reset();
    background_.reset();
    store_.reset();
  }

  Result<void> start();
  Result<void> run();
  void signal(DaemonSignal signal);
  bool has_given_up() const { return has_given_up_; }
  std::string tcp_address, metrics_address;

 private:
  TaskTableSettings table_settings();
  RunObserver observer();
  Result<void> open_sockets();
  Result<void> restore_queues();
  void apply_queues();
  void step();
  void shut_down(std::optional<Duration> grace);
  void stop_runs();
  bool settle(SteadyTime until);
  Result<void> finish();
  void turn(std::optional<SteadyTime> until);
  void reload();
  void take_settings(DaemonSettings settings);
  void renew_certificate();
  void notify(std::string_view what) {
    if (services_.notify) services_.notify(what);
  }
  void feed_watchdog();

  // In order of destruction: what others call last.
  InstanceLock lock_;
  DaemonSettings settings_;
  const std::optional<TlsContext> tls_;  ///< as of the start
  const DaemonServices services_;
  EventLoop loop_;
  TimerQueue timers_;
  NodeCatalog catalog_;
  HttpClient http_;
  std::optional<DelayedFlush> flusher_{std::in_place};
  std::optional<WorkerPool> background_;
  std::optional<RunThreads> threads_;
  std::optional<TaskTable> table_;
  std::unique_ptr<RunStore> early_store_;  ///< until its thread has it
  std::optional<StoreThread> store_;
  std::optional<RunBook> book_;
  std::optional<DaemonCore> core_;
  std::optional<HookRunner> hooks_;
  std::optional<Sessions> sessions_;
  std::optional<Metrics> metrics_;

  std::atomic<int> terminations_ = 0;  ///< how often it was asked to end
  int seen_terminations_ = 0;
  bool is_stopping_runs_ = false;
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
  observer.on_ended = [this](const RunRow& row, const std::shared_ptr<const Submission>& submission) {
    if (sessions_) sessions_->on_ended(row);
    if (hooks_) hooks_->on_ended(row, submission);
    if (metrics_) metrics_->on_ended(row);
  };
  observer.on_removed = [this](const std::vector<std::string>& ids) {
    if (sessions_) sessions_->on_removed(ids);
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
  Result<RunBook::Left> left = book_->restore(*early_store_);
  if (!left) return left.error();
  store_.emplace(std::move(early_store_), [this](std::function<void()> job) { loop_.post(std::move(job)); });
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
                           .saved_queues = saved_queues_,
                           .started = services_.clock.steady_now()});
  core_->shut_down = [this](std::optional<Duration> grace) { shut_down(grace); };
  core_->count_clients = [this] { return sessions_->count(); };
  hooks_.emplace(*core_, http_);
  sessions_.emplace(*core_);
  if (Result<void> opened = open_sockets(); !opened) return opened;
  if (left->interrupted + left->queued_again > 0) {
    services_.log.warning(std::to_string(left->interrupted + left->queued_again) +
                          " runs were cut off by the end of the daemon before; " +
                          std::to_string(left->queued_again) + " of them are queued again");
  }
  services_.log.info("serving at " + settings_.socket);
  if (!tcp_address.empty()) services_.log.info("serving at " + tcp_address + (tls_ ? " with TLS" : ""));
  book_->announce_restored();
  book_->keep_retention();
  notify("READY=1");
  feed_watchdog();
  return {};
}

Result<void> Daemon::Impl::open_sockets() {
  for (const int fd : services_.inherited_sockets) sessions_->listen(OwnedFd(fd), false);
  if (services_.inherited_sockets.empty()) {
    Result<OwnedFd> listening = open_server_socket(settings_.socket);
    if (!listening) return listening.error();
    sessions_->listen(std::move(*listening), false);
  }
  if (!settings_.listen.empty()) {
    Result<OwnedFd> listening = listen_tcp(settings_.listen);
    if (!listening) return listening.error();
    tcp_address = local_address(listening->get());
    if (tls_) sessions_->use_tls(*tls_);
    sessions_->listen(std::move(*listening), true);
  }
  if (!settings_.metrics.empty()) {
    Result<OwnedFd> listening = listen_tcp(settings_.metrics);
    if (!listening) return listening.error();
    metrics_address = local_address(listening->get());
    metrics_.emplace(*core_, std::move(*listening));
  }
  return {};
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
    if (core_->is_stopping && table_->count(TaskStatus::kRunning) == 0) stop_runs();
    const bool is_done = is_stopping_runs_ && table_->count(TaskStatus::kRunning) == 0 && hooks_->is_idle();
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
  timers_.run_due(services_.clock.steady_now());
  if (table_->step()) return loop_.wait_until(services_.clock.steady_now());
  loop_.wait_until(earlier(timers_.next(), table_->next_deadline()));
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
    sessions_->stop_listening();
    // Now, while the lock says that it is ours.
    if (services_.inherited_sockets.empty()) ::unlink(settings_.socket.c_str());
    table_->hold();
  }
  if (is_stopping_runs_) return;
  if (time <= Duration::zero() || table_->count(TaskStatus::kRunning) == 0) return stop_runs();
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
  while (!book_->is_settled() && services_.clock.steady_now() < until) turn(until);
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
  bool is_back = false;
  store_->read<bool>([](RunStore&) { return Result<bool>(true); },
                     [&is_back](Result<bool>) { is_back = true; });
  while (!is_back) turn(std::nullopt);
  const bool is_complete = settle(until);
  book_->answer_waiters();
  const SteadyTime last = clock.steady_now() + kCloseTime;
  while (sessions_->close_all() > 0 && clock.steady_now() < last) {
    loop_.wait_until(last);
  }
  if (has_given_up_) {
    threads_->abandon();
    background_->abandon();
  }
  if (!is_complete) {
    return Error{ErrorCode::kIo, "not everything could be stored: " + book_->store_error()};
  }
  services_.log.info("ended");
  return {};
}

void Daemon::Impl::reload() {
  if (core_->is_stopping) return;
  notify("RELOADING=1");
  if (services_.load_settings) {
    Result<DaemonSettings> settings = services_.load_settings();
    if (settings) {
      take_settings(std::move(*settings));
    } else {
      services_.log.error("the configuration stays as it was: " + describe(settings.error()));
    }
  }
  renew_certificate();
  background_->submit([this] {
    const auto registry = catalog_.reload();
    for (const LoadNote& note : registry->notes()) {
      if (note.kind == LoadNote::Kind::kBroken) services_.log.warning(note.file + ": " + note.message);
    }
    loop_.post([this] {
      services_.log.info("configuration and node definitions have been read again");
      notify("READY=1");
    });
  });
}

/// What may change while it runs (settings.h).
void Daemon::Impl::take_settings(DaemonSettings settings) {
  settings.version = settings_.version;
  settings.state_directory = settings_.state_directory;
  settings.socket = settings_.socket;
  settings.listen = settings_.listen;
  settings.metrics = settings_.metrics;
  settings.workers = settings_.workers;
  if (settings.token.empty()) settings.token = settings_.token;
  if (settings.tls_certificate.empty()) {
    settings.tls_certificate = settings_.tls_certificate;
    settings.tls_key = settings_.tls_key;
  }
  settings_ = std::move(settings);
  catalog_.set_folders(settings_.node_folders);
  apply_queues();
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

std::string Daemon::tcp_address() const { return impl_->tcp_address; }

std::string Daemon::metrics_address() const { return impl_->metrics_address; }

}  // namespace vnode
