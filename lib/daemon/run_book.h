#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "async/timer_queue.h"
#include "async/worker_pool.h"
#include "daemon/clock_trust.h"
#include "daemon/daemon.h"
#include "daemon/run_dependencies.h"
#include "daemon/run_ending.h"
#include "daemon/run_groups.h"
#include "daemon/run_job.h"
#include "daemon/run_life.h"
#include "daemon/settings.h"
#include "daemon/submission.h"
#include "model/override.h"
#include "rpc/message.h"
#include "store/run_id.h"
#include "store/store_thread.h"
#include "tasks/task_table.h"

namespace vnode {

/// A run that has not ended, or whose end is not in the store yet: what anybody may be told of it is in
/// `row`.
struct LiveRun {
  RunRow row;
  RunLife life;
  std::shared_ptr<RunEnding> ending;  ///< while the end is on its way to the store
  TaskHandle task;
  std::function<void(Result<PreparedRun>)> start_attempt;  ///< while its start is on its way there
  std::shared_ptr<const Secrets> secrets;  ///< nowhere else; null: it has none, or a restart has lost them
  PreparedRun prepared;                    ///< kept while small; else read from the store when its turn comes
  std::shared_ptr<RunEventLog> events;     ///< of the current attempt; null before the first one
  std::string results;                     ///< of the attempt that has ended (run_results.h)
  /// Who wants to know of its end, and whether still.
  struct Waiter {
    std::function<void(const RunRow&)> then;
    std::function<bool()> is_wanted;
  };
  std::vector<Waiter> waiters;
  bool may_have_hooks = true;      ///< of its own: then what was submitted is read at the end
  std::size_t swept_waiters = 16;  ///< beyond this many, those that are not wanted any more are dropped
};

/// What the daemon's files take, in bytes.
struct DiskUse {
  std::int64_t store = 0;   ///< the database with its journal
  std::int64_t events = 0;  ///< of ended runs: events, and results beside them
  std::int64_t free = 0;    ///< what the disk has left for this user
};

/// What others want to know. Owner's thread.
struct RunObserver {
  std::function<void(const LiveRun&)> on_changed;
  /// It is over, and durable. `submission` may be null (restored runs).
  std::function<void(const RunRow&, const std::shared_ptr<const CheckedSubmission>&)> on_ended;
  /// Runs, and groups that are gone with the last of theirs.
  std::function<void(const std::vector<std::string>& ids)> on_removed;
  /// How its runs stand.
  std::function<void(const RunGroup&)> on_group_changed;
  /// The store cannot be written from here on.
  std::function<void()> on_store_failed;
  /// Events can be read, or the attempt has other ones now.
  std::function<void(const std::string& id)> on_events;
};

/// A submission that was looked through. What of it is only needed until it is stored is in `stored`.
struct NewRun {
  PreparedRun
      prepared;  ///< the plan only if it is small (RunBook::kLargestKept): then it is kept until its turn
  std::shared_ptr<const StoredSubmission> stored;
  std::shared_ptr<const Secrets> secrets;  ///< as LiveRun has them
  std::string digest;                      ///< with a key
  std::string parameters = {};             ///< of the workflow, as rows have them
};

/// A submission for each value of a parameter.
struct NewGroup {
  NewRun common;           ///< the plan is not kept; `stored` is what all have in common
  std::string parameter;   ///< in which they differ
  bool has_hooks = false;  ///< of its own
  struct Item {
    std::string request;          ///< what this one adds, as `StoredSubmission` has it
    std::string value;            ///< for people
    std::string parameters = {};  ///< of the workflow, as rows have them
  };
  std::vector<Item> items;
};

/// The daemon's runs, from acceptance to the end of their time in the store (rules 10 to 12). It tells each
/// run's life (run_life.h) what happens to it and carries out what follows: what is decided is decided there.
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
  /// Removes what is over the limits at once, before `restore`: where the disk is full.
  void make_room(RunStore& store);

  /// From here on changes go to that thread; before, there are none.
  void write_to(StoreThread& store) { store_ = &store; }

  struct Accepted {
    std::string id;  ///< of the run, or of the group
    bool is_duplicate = false;
    std::size_t runs = 0;  ///< of the group; 0: it is a run
  };
  /// Live runs keep their workflow in memory while it is no larger, with what was said of it.
  static constexpr std::size_t kLargestKept = 64 * 1024;
  /// `done` comes when the run is durable, or refused. Order of calling is order of submission.
  using Done = std::function<void(std::variant<Accepted, RpcError>)>;
  void submit(NewRun run, Done done);

  /// The same for all runs of a group: all of them are accepted, or none is. `done` comes when they are live,
  /// too.
  void submit_group(NewGroup group, Done done);

  /// How runs are tried again that have ended.
  struct Retrying {
    bool resumes = true;  ///< from their journals, where they have one; else from their beginning
    std::vector<std::string> from = {};  ///< nodes that are executed again, and what follows them
    std::vector<Override> params = {};   ///< behind those that were submitted, from now on
  };
  /// Further attempts of runs that have ended, as rows of the store: of all of them, or of none. `done` comes
  /// when that is durable and they are live again, behind all others; or with "not_kept", "secrets_lost",
  /// "no_journal" (for `from`), "queue_full", "store_unavailable".
  void retry(std::vector<RunRow> rows, const Retrying& how,
             std::function<void(std::optional<RpcError>)> done);

  /// For the table's settings.
  void on_task_changed(const TaskHandle& task);

  /// Null when it is not live.
  const LiveRun* find(std::string_view id) const;
  /// The first live ones, in order of submission.
  std::vector<const LiveRun*> live(std::size_t most) const;
  std::size_t count() const { return live_.size(); }
  /// How many runs of each status there are, as far as they have been told of; ended ones included.
  const std::map<RunStatus, std::int64_t>& counts() const { return counts_; }
  const RunGroups& groups() const { return groups_; }
  RunGroups& groups() { return groups_; }
  /// The live runs of that group, in order of submission.
  std::vector<std::string> live_of_group(const RunGroup& group) const;
  /// What that run waits for to end, in words; empty: nothing.
  std::string dependency_text(const LiveRun& live) const;
  /// The live one with the highest number below that one; null: there is none.
  const LiveRun* newest_before(std::int64_t number) const;
  bool cancel(std::string_view id);  ///< false when it is not live, or has ended
  /// Pauses it, or lets it go on (kNone), at once; `done` comes when that is durable, or it has ended. False,
  /// without `done`, when it is not live or has ended.
  bool pause(std::string_view id, RunPause how, std::function<void()> done);
  /// Once its end is durable. It must be live.
  void when_ended(std::string_view id, std::function<void(const RunRow&)> then,
                  std::function<bool()> is_wanted);

  /// Tells all who wait how things are: the daemon ends.
  void answer_waiters();

  /// Removes ended runs with their events: these first, so that there is space for the rest. An error means
  /// that some of them are there still.
  void remove(std::vector<std::string> ids, std::function<void(Result<void>)> done);
  /// Tells the observer of those ends that `restore` has found or made.
  void announce_restored();
  /// Removes what is over the limits now; comes again by itself, soon after runs have ended.
  void keep_retention();
  /// What `StoreWatch` has seen of the store.
  void note_checked(const Result<void>& checked);

  std::string event_path(std::string_view id) const;
  /// Why the store cannot be written at the moment; empty: it can.
  const std::string& store_error() const { return store_error_; }
  /// All ends are in the store.
  bool is_settled() const { return unsettled_ == 0; }
  /// An attempt of some run is being executed.
  bool is_executing() const;
  /// Those.
  std::vector<const LiveRun*> executing() const;
  std::size_t lost_event_files() const { return lost_event_files_; }
  /// As of the last look at the limits; nullopt: there was none yet.
  const std::optional<DiskUse>& disk_use() const { return upkeep_.disk_use; }

 private:
  using Change = std::function<Result<void>(RunStore&)>;

  LiveRun* live_run(std::string_view id);
  using Entering = std::function<bool()>;

  std::optional<RpcError> check(const CheckedSubmission& submission, std::size_t runs = 1) const;
  RunRow new_row(const CheckedSubmission& submission, const std::string& digest);
  void enter(RunRow row, PreparedRun prepared, RunLife life, std::shared_ptr<const Secrets> secrets);
  /// In order of submission, also where runs come to be entered one group after the other, in pieces.
  /// `enter_some` returns true when it is through.
  void enter_in_order(Entering enter_some);
  void go_on_entering();
  void enter_group(const GroupRow& group, std::shared_ptr<std::vector<RunRow>> rows,
                   std::shared_ptr<const Secrets> secrets, bool has_hooks, const Done& done);
  struct Retried;
  void store_retries(const std::shared_ptr<std::vector<Retried>>& all, const Retrying& how,
                     std::function<void(std::optional<RpcError>)> done);
  void enter_retried(const std::shared_ptr<std::vector<Retried>>& all,
                     std::function<void(std::optional<RpcError>)> done);
  void answer_earlier(const RunRow& earlier, const RunRow& row, const Done& done) const;
  Result<void> restore_groups(RunStore& store);
  Result<void> count_ended_of_groups(RunStore& store);
  void forget_removed(const std::vector<GroupCount>& removed);
  void change_count(LiveRun& live, RunStatus status);
  // Who waits for whom: run_book_dependencies.cpp.
  std::string_view status_of_dependency(const std::string& id) const;
  void watch_dependencies(LiveRun& live);
  void look_at_dependency(const std::string& run, const std::string& id);
  void look_at_groups_waited_for();
  void read_dependency(const std::string& id);
  void tell_dependents(const std::vector<std::string>& runs, const std::string& id,
                       const DependencyState& state);
  void tell_dependents_of(const RunRow& ended);
  void go_on_telling_dependents();
  void apply_dependency(LiveRun& live, const std::string& id, const DependencyState& state);
  std::optional<DependencyState> state_of_group(const RunGroup& group) const;

  std::unique_ptr<TaskWork> make_work(const TaskRecord& record);
  TaskVerdict judge(const std::string& id, AttemptEnd end, const std::shared_ptr<RunEventLog>& events,
                    std::string results);
  void on_task_ended(const TaskHandle& task);

  // The executor of what a life asks for: run_book_effects.cpp.
  void carry_out(LiveRun& live, const RunEffects& effects);
  void carry_out(LiveRun& live, RunEffect effect);
  void store_running(LiveRun& live);
  void store_pending(LiveRun& live);
  void store_end(LiveRun& live);
  using Endings = std::vector<std::shared_ptr<RunEnding>>;
  void append_all(const Endings& endings) const;
  void store_ends(Endings endings);
  void go_on_with_unstarted_ends();
  void start_attempt(LiveRun& live);
  void tell(LiveRun& live);
  void release_events(LiveRun& live);
  void replace_events(LiveRun& live, std::shared_ptr<RunEventLog> events);
  void note_lost_events(const std::string& id, const RunEventLog& events);
  void settle(LiveRun& live);
  void let_go(LiveRun& ended);
  /// Tries again until it is done, or not `is_wanted` any more (if given): a change that waits for its next
  /// try must not come behind one that was asked for later. Then calls `done`.
  void write(Change change, std::function<void()> done, std::function<bool()> is_wanted = {});
  void note_store(const Result<void>& result);
  Result<void> restore(RunStore& store, RunRow row, Left& left);
  Result<void> end_restored(RunStore& store, RunRow row, const RunLife& life, bool is_to_append);
  void take_ended_counts(const std::vector<RunStore::Count>& counts);
  void remove_orphaned_events();
  void remove_part(std::shared_ptr<std::vector<std::string>> ids, std::function<void(Result<void>)> done);
  std::vector<std::string> event_paths(const std::vector<std::string>& ids) const;
  void take_over_retention(const Result<std::vector<std::string>>& ids);
  Retention limits_now();
  void look_soon();
  void look_later(Duration after);

  Parts parts_;
  StoreThread* store_ = nullptr;
  RunObserver observer_;
  std::unordered_map<std::string, std::unique_ptr<LiveRun>> live_;
  std::map<std::int64_t, LiveRun*> by_number_;  ///< the same
  std::map<RunStatus, std::int64_t> counts_;
  RunGroups groups_;
  RunDependencies dependencies_;
  bool are_groups_counted_ = true;  ///< false as long as runs are being taken up again
  struct DependencyNews {
    std::string run;  ///< who waits
    std::string id;   ///< for what
    DependencyState state;
  };
  std::deque<DependencyNews> dependency_news_;  ///< not told yet
  /// What is looked for in the store, and who waits for it; of restored runs as soon as there is a thread.
  std::map<std::string, std::vector<std::string>> dependencies_looked_for_;
  std::set<std::string> retrying_;  ///< on their way to be live again
  std::set<std::string> removing_;  ///< on their way out
  /// Of runs that have never begun: of a group that is cancelled there are many in one turn.
  Endings unstarted_ends_;
  bool are_unstarted_ends_asked_ = false;  ///< somebody will go on with them
  std::deque<Entering> entering_now_;      ///< in order; the first is under way
  RunStore::Last last_;
  std::string store_error_;
  std::size_t unsettled_ = 0;  ///< attempts that have ended, and what became of the run is not durable yet
  std::size_t entering_ = 0;   ///< accepted but for the store's word
  std::size_t cached_ = 0;     ///< live runs with their workflow in memory
  std::size_t lost_event_files_ = 0;
  bool has_check_failed_ = false;  ///< the last look at the store
  struct Upkeep {
    bool is_looking = false;
    bool is_wanted = false;  ///< another look, after this one
    SteadyTime looked = {};  ///< when the last look began
    TimerQueue::Id timer = 0;
    SteadyTime at = {};                        ///< when the timer is due
    Duration pause = std::chrono::seconds(1);  ///< at least, between two looks
    std::optional<SteadyTime> swept = {};      ///< when orphaned events were last looked for
    ClockTrust clock_trust = {};
    std::optional<DiskUse> disk_use = {};
  };
  Upkeep upkeep_;
  std::vector<std::pair<RunRow, std::shared_ptr<const CheckedSubmission>>> restored_ends_;
};

}  // namespace vnode
