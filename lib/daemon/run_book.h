#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "async/timer_queue.h"
#include "async/worker_pool.h"
#include "daemon/daemon.h"
#include "daemon/run_job.h"
#include "daemon/settings.h"
#include "daemon/submission.h"
#include "rpc/message.h"
#include "store/run_id.h"
#include "store/store_thread.h"
#include "tasks/task_table.h"

namespace vnode {

/// A run that has not ended, or whose end is not in the store yet: what anybody may be told of it is in
/// `row`.
struct LiveRun {
  RunRow row;
  std::optional<RunRow> end;  ///< what `row` becomes once it is durable
  TaskHandle task;
  PreparedRun prepared;               ///< kept while small; else read from the store when its turn comes
  std::shared_ptr<RunEvents> events;  ///< of the current attempt; null before the first one
  /// Who wants to know of its end, and whether still.
  struct Waiter {
    std::function<void(const RunRow&)> then;
    std::function<bool()> is_wanted;
  };
  std::vector<Waiter> waiters;
  std::size_t swept_waiters = 16;  ///< beyond this many, those that are not wanted any more are dropped
  int last_attempt = 1;            ///< the attempts end with this one
  bool is_cancelled = false;       ///< somebody was told that it would be
};

/// What others want to know. Owner's thread.
struct RunObserver {
  std::function<void(const LiveRun&)> on_changed;
  /// It is over, and durable. `submission` may be null (restored runs).
  std::function<void(const RunRow&, const std::shared_ptr<const Submission>&)> on_ended;
  std::function<void(const std::vector<std::string>& ids)> on_removed;
  /// Events can be read, or the attempt has other ones now.
  std::function<void(const std::string& id)> on_events;
};

/// The daemon's runs, from acceptance to the end of their time in the store (rules 10 to 12): the only place
/// where the state of a run changes.
///
/// Nothing is told before it is durable: the reply to a submission, that a run has begun to execute, its end.
/// While the store cannot be written, submissions are refused, and what has happened meanwhile is kept and
/// written as soon as it can be.
/// Thread rule: the owner's thread, the one that steps the table.
class RunBook {
 public:
  struct Parts {
    RunSurroundings surroundings;
    TaskTable& tasks;
    TimerQueue& timers;
    WorkerPool& background;
    std::function<void(std::function<void()>)> post;  ///< to the owner's thread, from any
    DaemonLog& log;
    std::string event_folder;
    const DaemonSettings& settings;  ///< as they are now
  };
  RunBook(Parts parts, RunObserver observer);
  RunBook(const RunBook&) = delete;
  ~RunBook();

  /// Takes up what an earlier daemon has left (rule 12), before anything else. `interrupted`: how many runs
  /// were in the middle.
  struct Left {
    std::size_t pending = 0;
    std::size_t interrupted = 0;
    std::size_t queued_again = 0;
  };
  Result<Left> restore(RunStore& store);

  /// From here on changes go to that thread; before, there are none.
  void write_to(StoreThread& store) { store_ = &store; }

  struct Accepted {
    std::string id;
    bool is_duplicate = false;
  };
  /// `done` comes when the run is durable, or refused. Order of calling is order of submission.
  void submit(PreparedRun prepared, std::string request,
              std::function<void(std::variant<Accepted, RpcError>)> done);

  /// For the table's settings.
  void on_task_changed(const TaskHandle& task);

  /// Null when it is not live.
  const LiveRun* find(std::string_view id) const;
  /// All live ones, in order of submission.
  std::vector<const LiveRun*> live() const;
  bool cancel(std::string_view id);  ///< false when it is not live, or has ended
  /// Once its end is durable. It must be live.
  void when_ended(std::string_view id, std::function<void(const RunRow&)> then,
                  std::function<bool()> is_wanted);

  /// Tells all who wait how things are: the daemon ends.
  void answer_waiters();

  /// Removes ended runs with their events.
  void remove(std::vector<std::string> ids, std::function<void(Result<void>)> done);
  /// Tells the observer of those ends that `restore` has found or made.
  void announce_restored();
  /// Removes what is over the limits; comes again by itself.
  void keep_retention();

  std::string event_path(std::string_view id) const;
  /// Why the store cannot be written at the moment; empty: it can.
  const std::string& store_error() const { return store_error_; }
  /// All ends are in the store.
  bool is_settled() const { return unsettled_ == 0; }
  std::size_t lost_event_files() const { return lost_event_files_; }

 private:
  using Change = std::function<Result<void>(RunStore&)>;

  LiveRun* live_run(std::string_view id);
  std::optional<RpcError> check(const Submission& submission) const;
  RunRow new_row(const Submission& submission, const std::string& request);
  void enter(RunRow row, PreparedRun prepared, int attempt);
  std::unique_ptr<TaskWork> make_work(const TaskRecord& record);
  void begin(const std::string& id, std::function<void(Result<PreparedRun>)> go);
  void hand_over(const std::string& id, std::function<void(Result<PreparedRun>)> go);
  void on_task_ended(const TaskHandle& task);
  void write_missing_end(const std::string& id, RunStatus status, bool has_begun, std::function<void()> then);
  void store_end(const std::string& id);
  void store_end_now(const std::string& id);
  void release_events(LiveRun& live);
  void replace_events(LiveRun& live, std::shared_ptr<RunEvents> events);
  void note_lost_events(const std::string& id, const std::optional<Error>& error);
  void settle(const std::string& id);
  void leave_for_next(const std::string& id);
  std::unique_ptr<LiveRun> take_out(const std::string& id);
  /// Tries again until it is done.
  void write(Change change, std::function<void()> done);
  void note_store(const Result<void>& result);
  Result<void> restore_pending(RunStore& store, RunRow& row);
  Result<void> restore_interrupted(RunStore& store, RunRow& row, Left& left);
  void remove_orphaned_events();
  std::uint64_t write_interrupted_end(const RunRow& row, const EventFileEnd& end);
  Result<void> finish_restored(RunStore& store, RunRow& row, std::uint64_t event_bytes);

  Parts parts_;
  StoreThread* store_ = nullptr;
  RunObserver observer_;
  std::unordered_map<std::string, std::unique_ptr<LiveRun>> live_;
  RunStore::Last last_;
  std::string store_error_;
  std::size_t unsettled_ = 0;  ///< have ended, and that is not durable yet
  std::size_t entering_ = 0;   ///< accepted but for the store's word
  std::size_t cached_ = 0;     ///< live runs with their workflow in memory
  std::size_t lost_event_files_ = 0;
  bool is_removing_ = false;
  std::vector<std::pair<RunRow, std::shared_ptr<const Submission>>> restored_ends_;
};

}  // namespace vnode
