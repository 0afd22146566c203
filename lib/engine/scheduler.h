#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "async/inbox.h"
#include "engine/cancel_scope.h"
#include "engine/chain.h"
#include "engine/resume_order.h"
#include "engine/run_time.h"

namespace vnode {

/// What other threads have to say to a run, said on the thread that steps it.
using RunInbox = Inbox<std::function<void()>>;

/// Something that is told when a time of the run (RunTime) has come.
class Alarm {
 public:
  virtual ~Alarm() = default;
  virtual void ring() = 0;  ///< once; it may be set again

 private:
  friend class Scheduler;
  std::multimap<SteadyTime, Alarm*>::iterator place_;
  bool is_set_ = false;
};

/// Gives the chains of one run their turns: first in, first out. Single-threaded but for the inbox.
class Scheduler {
 public:
  explicit Scheduler(const Clock& clock)
      : clock_(clock), run_time_(clock), inbox_(std::make_shared<RunInbox>()) {}
  Scheduler(const Scheduler&) = delete;
  ~Scheduler();

  /// A new chain at the end of the ready queue.
  Chain& spawn(Task<void> task, JoinCount* join);
  /// A new chain that takes its first turn now. For runnables that start many chains in their own turn.
  template <class MakeTask>
  void run_new_chain(MakeTask&& make_task, JoinCount* join) {
    Chain& chain = new_chain(join);
    Task<void> task;
    try {
      task = make_task(chain);
    } catch (...) {  // no memory for the coroutine: whoever joins must not wait for it
      if (!broken_) broken_ = std::current_exception();
    }
    begin(chain, std::move(task));
  }

  /// To the end of the ready queue.
  void enqueue(std::unique_ptr<Runnable> once);
  /// To its front, for the rest of a turn that a held chain has cut.
  void enqueue_first(std::unique_ptr<Runnable> once);
  void yield(Chain& chain, std::coroutine_handle<> at);

  /// Suspends until `wake`, or until the run is stopped.
  void park(Chain& chain, std::coroutine_handle<> at);
  void park_until(Chain& chain, std::coroutine_handle<> at, SteadyTime deadline);
  /// Suspends until `wake` or the deadline; a stop changes nothing.
  void park_shielded(Chain& chain, std::coroutine_handle<> at, std::optional<SteadyTime> deadline);
  /// Until this chain, which is about to park, is woken, no other one gets a turn (rule 28); then it goes on
  /// at once. A stop ends that.
  void hold(Chain& chain) { held_by_ = cancelling_ ? nullptr : &chain; }
  bool is_held() const { return held_by_ != nullptr; }
  /// The one that holds waits for what was recorded, and for nothing else.
  bool is_held_to_settle() const {
    return held_by_ ? held_by_->waits_for == SuspendedFor::kFiring : waits_for_disk();
  }
  /// Is told when a chain that was suspended goes on; null: nobody.
  void set_recorder(Recorder* recorder) { recorder_ = recorder; }
  /// From now on suspensions end in that order, as far as it goes (journal rule 13).
  void keep_order(ResumeOrder& order) { order_ = &order; }
  /// The order that is kept; null: none.
  ResumeOrder* order() const { return order_; }
  /// Suspends until that entry's time has come: a part of what has been executed earlier. `record`: the
  /// recorder is told so when it goes on; 0: it is not told. `is_yield`: it has only given way.
  void park_in_order(Chain& chain, std::coroutine_handle<> at, ResumeOrder::Entry entry, RecordNumber record,
                     bool is_yield);
  /// Turns without an entry since the last one that had one.
  std::uint32_t take_turn_count() { return std::exchange(plain_turns_, 0); }
  /// The chain is suspended, so what is done in its name now comes from outside of its turns.
  static bool is_parked(const Chain& chain) { return chain.suspended_ == Chain::Suspended::kParked; }
  /// Makes a parked chain ready; nothing happens if it is not parked (it was woken for a stop).
  void wake(Chain& chain);
  /// Suspends until all chains of the count have ended, also when the run is stopped.
  void join(Chain& chain, std::coroutine_handle<> at, JoinCount& count);
  /// One less to wait for.
  void leave(JoinCount& count);

  /// Handles messages and timers that are due. Each entry of the ready queue, as it is now, is to get one
  /// turn.
  void begin_turns();
  /// Gives these turns. False when a chain holds the others: call again when it has been woken.
  bool take_turns();
  /// The chains in that scope are made ready where they are suspended, those that suspend later too.
  void cancel(CancelScope& scope);
  void set_alarm(Alarm& alarm, SteadyTime time);
  void clear_alarm(Alarm& alarm);
  /// From now on every suspended chain is made ready, those that suspend later too.
  void cancel_suspended();

  bool has_ready() const {
    if (resumed_ || !inbox_->empty()) return true;
    return !held_by_ && !waits_for_disk() && (!ready_.empty() || next_in_order());
  }
  bool has_chains() const { return chain_count_ > 0; }
  std::optional<SteadyTime> next_deadline() const;
  RunTime& run_time() { return run_time_; }
  const RunTime& run_time() const { return run_time_; }
  const std::shared_ptr<RunInbox>& inbox() const { return inbox_; }

  /// The first exception that left a chain although nothing may: a bug. Null if there is none.
  std::exception_ptr broken() const { return broken_; }

 private:
  friend class Chain;

  Chain& new_chain(JoinCount* join);
  void begin(Chain& chain, Task<void> task);
  void end(Chain& chain);
  void make_ready(Chain& chain);
  void set_timer(Chain& chain, SteadyTime deadline);
  void tell_resumed(Chain& chain);
  void find_entry(Chain& chain);
  Chain* next_in_order() const;
  bool waits_for_disk() const;
  void leave_order();

  struct ReadyEntry {
    Runnable* runnable;
    bool owned;  ///< a runnable that takes one turn and is deleted; chains delete themselves at their end
    bool is_rest = false;  ///< of a turn
  };

  const Clock& clock_;
  RunTime run_time_;
  std::shared_ptr<RunInbox> inbox_;
  std::deque<ReadyEntry> ready_;
  std::list<Chain*> parked_;
  std::multimap<SteadyTime, Chain*> timers_;
  std::multimap<SteadyTime, Alarm*> alarms_;
  std::size_t chain_count_ = 0;
  std::uint64_t last_chain_ = 0;
  std::size_t turns_left_ = 0;
  Chain* held_by_ = nullptr;
  Chain* resumed_ = nullptr;  ///< the one that held the others goes on with its turn
  bool cancelling_ = false;
  Recorder* recorder_ = nullptr;
  ResumeOrder* order_ = nullptr;
  std::map<ResumeOrder::Entry, Chain*> in_order_;  ///< could go on, and wait for their place
  std::set<ResumeOrder::Entry> awaited_;           ///< of those that wait for something outside
  std::set<ResumeOrder::Entry> settling_;          ///< of those among them that wait for what was recorded
  std::uint32_t plain_turns_ = 0;
  std::exception_ptr broken_;
};

/// `co_await park_chain(...)`: the suspension as an expression. What it returns to must look at the run's
/// stop.
struct ParkAwaiter {
  Scheduler& scheduler;
  Chain& chain;
  std::optional<SteadyTime> deadline = std::nullopt;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> self) {
    if (deadline) {
      scheduler.park_until(chain, self, *deadline);
    } else {
      scheduler.park(chain, self);
    }
  }
  void await_resume() const noexcept {}
};

struct JoinAwaiter {
  Scheduler& scheduler;
  Chain& chain;
  JoinCount& count;

  bool await_ready() const noexcept { return count.pending == 0; }
  void await_suspend(std::coroutine_handle<> self) { scheduler.join(chain, self, count); }
  void await_resume() const noexcept {}
};

}  // namespace vnode
