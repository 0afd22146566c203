#include "engine/scheduler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/instance.h"
#include "engine/recorder.h"
#include "node/node_failure.h"

namespace vnode {

void Chain::take_turn() {
  suspended_ = Suspended::kNo;
  if (std::exchange(was_parked_, false)) scheduler_.tell_resumed(*this);
  set_next(resume_at_);
  run();
  if (task_.done()) scheduler_.end(*this);
}

Scheduler::~Scheduler() {
  for (ReadyEntry& entry : ready_) {
    if (entry.owned) delete entry.runnable;
  }
}

namespace {

RecordedSuspension suspension_of(const Chain& chain) {
  const ChainPlace& at = *chain.at;
  return {.place = {at.path, &at.node->id(), at.node->executions},
          .what = chain.waits_for,
          .execution = chain.waits_for == SuspendedFor::kCode ? chain.record : 0,
          .firing = chain.waits_for == SuspendedFor::kFiring ? at.firings : 0};
}

}  // namespace

void Scheduler::tell_resumed(Chain& chain) {
  const ResumeOrder::Entry entry = std::exchange(chain.entry_, 0);
  const bool is_taken = std::exchange(chain.is_taken_, false);
  const bool is_yield = std::exchange(chain.is_yield_, false);
  if (entry != 0) order_->pass(entry);
  if (!recorder_ || !chain.at || (is_taken && chain.taken_ == 0)) return;
  RecordedSuspension suspension = suspension_of(chain);
  if (is_taken) suspension.execution = chain.taken_;
  if (is_yield) suspension.what = SuspendedFor::kYield;
  suspension.turns = take_turn_count();
  recorder_->resume(suspension);
}

/// When it is suspended: where an earlier run has it going on.
void Scheduler::find_entry(Chain& chain) {
  chain.entry_ = 0;
  if (!order_ || !chain.at || chain.record != 0) return;
  if (chain.waits_for == SuspendedFor::kGate || chain.waits_for == SuspendedFor::kRetry) return;
  chain.entry_ = order_->find(suspension_of(chain));
  // One that waits for another chain says nothing of what comes from outside.
  if (chain.entry_ != 0 && chain.waits_for != SuspendedFor::kNode) awaited_.insert(chain.entry_);
  if (chain.entry_ != 0 && chain.waits_for == SuspendedFor::kFiring) settling_.insert(chain.entry_);
}

void Scheduler::park_in_order(Chain& chain, std::coroutine_handle<> at, ResumeOrder::Entry entry,
                              RecordNumber record, bool is_yield) {
  chain.resume_at_ = at;
  if (!is_yield) ++chain.suspensions;
  chain.is_yield_ = is_yield;
  chain.entry_ = entry;
  chain.is_taken_ = true;
  chain.taken_ = record;
  chain.was_parked_ = true;
  if (cancelling_ || (chain.scope && chain.scope->is_cancelled())) return make_ready(chain);
  chain.suspended_ = Chain::Suspended::kReady;
  in_order_.emplace(entry, &chain);
}

/// Which of those that wait for their place is to have the next turn; null: none of them yet. The one whose
/// place it is; where that does not come (it is not executed this time, or for real) the earliest, once
/// nothing else can go on that was no work of the world outside.
Chain* Scheduler::next_in_order() const {
  // The rest of a turn that was cut comes before everybody else, wherever that was.
  if (in_order_.empty() || (!ready_.empty() && ready_.front().is_rest)) return nullptr;
  const auto& [entry, chain] = *in_order_.begin();
  if (order_->first() == entry && plain_turns_ >= order_->turns(entry)) return chain;
  if (!ready_.empty() || !inbox_->empty()) return nullptr;
  return awaited_.empty() || *awaited_.begin() > entry ? chain : nullptr;
}

/// It is the turn of a chain for which the disk, which is no work of the world outside, is not done yet: how
/// long that takes must not change the order.
bool Scheduler::waits_for_disk() const {
  if (settling_.empty() || (!ready_.empty() && ready_.front().is_rest)) return false;
  const ResumeOrder::Entry first = order_->first();
  return settling_.contains(first) && plain_turns_ >= order_->turns(first);
}

/// A stop: nobody waits for others any more.
void Scheduler::leave_order() {
  for (const auto& [entry, chain] : in_order_) make_ready(*chain);
  in_order_.clear();
  awaited_.clear();
  settling_.clear();
}

Chain& Scheduler::new_chain(JoinCount* join) {
  auto* chain = new Chain(*this, ++last_chain_);
  chain->join_ = join;
  if (join) ++join->pending;
  ++chain_count_;
  return *chain;
}

void Scheduler::begin(Chain& chain, Task<void> task) {
  if (!task) {  // it had nothing to do that takes a coroutine
    end(chain);
    return;
  }
  chain.task_ = std::move(task);
  chain.task_.start_on(chain);
  chain.run();
  if (chain.task_.done()) end(chain);
}

Chain& Scheduler::spawn(Task<void> task, JoinCount* join) {
  Chain& chain = new_chain(join);
  chain.task_ = std::move(task);
  chain.resume_at_ = chain.task_.start_on(chain);
  make_ready(chain);
  return chain;
}

void Scheduler::end(Chain& chain) {
  if (chain.task_) {
    try {
      chain.task_.take_result();
    } catch (const Cancelled&) {
      // The nodes on the chain have reported it.
    } catch (...) {
      if (!broken_) broken_ = std::current_exception();
    }
  }
  JoinCount* join = chain.join_;
  if (chain.parent) std::erase(chain.parent->children, &chain);
  delete &chain;
  --chain_count_;
  if (join) leave(*join);
}

void Scheduler::leave(JoinCount& count) {
  if (--count.pending == 0 && count.waiter) make_ready(*std::exchange(count.waiter, nullptr));
}

void Scheduler::enqueue(std::unique_ptr<Runnable> once) { ready_.push_back({once.release(), true}); }

void Scheduler::enqueue_first(std::unique_ptr<Runnable> once) {
  ready_.push_front({once.release(), true, true});
  ++turns_left_;
}

void Scheduler::make_ready(Chain& chain) {
  chain.suspended_ = Chain::Suspended::kReady;
  ready_.push_back({&chain, false});
}

/// What is taken does not give way by itself, so that it has done so has to be known.
void Scheduler::yield(Chain& chain, std::coroutine_handle<> at) {
  chain.resume_at_ = at;
  chain.was_parked_ = chain.is_yield_ = recorder_ && chain.record != 0;
  make_ready(chain);
}

void Scheduler::park(Chain& chain, std::coroutine_handle<> at) {
  chain.resume_at_ = at;
  if (cancelling_ || (chain.scope && chain.scope->is_cancelled())) {
    make_ready(chain);
    return;
  }
  chain.suspended_ = Chain::Suspended::kParked;
  if (held_by_ != &chain) {
    ++chain.suspensions;
    find_entry(chain);
  }
  chain.shielded_ = false;
  chain.parked_at_ = parked_.insert(parked_.end(), &chain);
}

void Scheduler::park_shielded(Chain& chain, std::coroutine_handle<> at, std::optional<SteadyTime> deadline) {
  chain.resume_at_ = at;
  chain.suspended_ = Chain::Suspended::kParked;
  if (held_by_ != &chain) {
    ++chain.suspensions;
    find_entry(chain);
  }
  chain.shielded_ = true;
  if (deadline) set_timer(chain, *deadline);
}

void Scheduler::park_until(Chain& chain, std::coroutine_handle<> at, SteadyTime deadline) {
  park(chain, at);
  if (chain.suspended_ == Chain::Suspended::kParked) set_timer(chain, deadline);
}

void Scheduler::set_timer(Chain& chain, SteadyTime deadline) {
  chain.timer_ = timers_.emplace(deadline, &chain);
  chain.has_timer_ = true;
}

void Scheduler::wake(Chain& chain) {
  if (chain.suspended_ != Chain::Suspended::kParked) return;
  if (!chain.shielded_) parked_.erase(chain.parked_at_);
  if (chain.has_timer_) timers_.erase(chain.timer_);
  chain.has_timer_ = false;
  const bool holds = held_by_ == &chain;
  if (holds) held_by_ = nullptr;
  chain.was_parked_ = !holds;
  if (!holds && chain.entry_ != 0 && !cancelling_) {
    awaited_.erase(chain.entry_);
    settling_.erase(chain.entry_);
    chain.suspended_ = Chain::Suspended::kReady;
    in_order_.emplace(chain.entry_, &chain);
    return;
  }
  if (!holds || resumed_) {
    make_ready(chain);
    return;
  }
  chain.suspended_ = Chain::Suspended::kReady;
  resumed_ = &chain;
}

void Scheduler::join(Chain& chain, std::coroutine_handle<> at, JoinCount& count) {
  chain.resume_at_ = at;
  chain.suspended_ = Chain::Suspended::kJoining;
  count.waiter = &chain;
}

void Scheduler::begin_turns() {
  for (auto& message : inbox_->take()) message();
  if (!timers_.empty()) {
    const SteadyTime now = clock_.steady_now();
    while (!timers_.empty() && timers_.begin()->first <= now) wake(*timers_.begin()->second);
  }
  while (!alarms_.empty() && !run_time_.stands_still() && alarms_.begin()->first <= run_time_.now()) {
    Alarm& alarm = *alarms_.begin()->second;
    clear_alarm(alarm);
    alarm.ring();
  }
  turns_left_ = ready_.size();
}

bool Scheduler::take_turns() {
  for (;;) {
    if (resumed_) {
      std::exchange(resumed_, nullptr)->take_turn();
      continue;
    }
    if (held_by_) return false;
    if (Chain* next = next_in_order()) {
      in_order_.erase(in_order_.begin());
      next->take_turn();
      continue;
    }
    if (turns_left_ == 0) return true;
    if (waits_for_disk()) return false;
    --turns_left_;
    ReadyEntry entry = ready_.front();
    ready_.pop_front();
    if (!entry.is_rest && (entry.owned || !static_cast<Chain*>(entry.runnable)->was_parked_)) ++plain_turns_;
    std::unique_ptr<Runnable> owner(entry.owned ? entry.runnable : nullptr);
    entry.runnable->take_turn();
  }
}

void Scheduler::cancel_suspended() {
  cancelling_ = true;
  held_by_ = nullptr;
  leave_order();
  while (!parked_.empty()) wake(*parked_.front());
}

void Scheduler::cancel(CancelScope& scope) {
  scope.cancel();
  std::vector<Chain*> inside;
  std::copy_if(parked_.begin(), parked_.end(), std::back_inserter(inside),
               [&scope](const Chain* chain) { return chain->scope && chain->scope->is_within(scope); });
  for (Chain* chain : inside) wake(*chain);
}

void Scheduler::set_alarm(Alarm& alarm, SteadyTime time) {
  clear_alarm(alarm);
  alarm.place_ = alarms_.emplace(time, &alarm);
  alarm.is_set_ = true;
}

void Scheduler::clear_alarm(Alarm& alarm) {
  if (std::exchange(alarm.is_set_, false)) alarms_.erase(alarm.place_);
}

std::optional<SteadyTime> Scheduler::next_deadline() const {
  std::optional<SteadyTime> next;
  if (held_by_) {  // whoever else is woken has to wait for its turn
    if (held_by_->has_timer_) next = held_by_->timer_->first;
  } else if (!timers_.empty()) {
    next = timers_.begin()->first;
  }
  if (alarms_.empty()) return next;
  const std::optional<SteadyTime> alarm = run_time_.by_clock(alarms_.begin()->first);
  return next && alarm ? std::min(*next, *alarm) : (next ? next : alarm);
}

}  // namespace vnode
