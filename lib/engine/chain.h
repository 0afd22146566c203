#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <stdexcept>
#include <typeinfo>
#include <vector>

#include "async/task.h"
#include "base/clock.h"
#include "engine/recorder.h"

namespace vnode {

class CancelScope;
struct LevelPath;
class Chain;
struct Instance;

/// Counts chains that somebody waits for.
struct JoinCount {
  std::size_t pending = 0;
  Chain* waiter = nullptr;  ///< parked until `pending` is zero
};

/// A node that a chain executes, within those that have set it off.
struct ChainPlace {
  const LevelPath* path;  ///< of the groups around it
  const Instance* node;
  const ChainPlace* outer;            ///< null: it is the first one of the chain
  std::uint64_t suspensions;          ///< of the chain, when it began
  mutable std::uint32_t firings = 0;  ///< exec wires that were followed from there, if somebody counts
};

/// Something that gets a turn when it reaches the front of the ready queue.
class Runnable {
 public:
  virtual ~Runnable() = default;
  virtual void take_turn() = 0;
};

/// One logical thread of a run: everything that one start node sets off. Owned by the scheduler from spawn to
/// end.
class Chain final : public Runnable, public Trampoline {
 public:
  Chain(class Scheduler& scheduler, std::uint64_t chain_number)
      : number(chain_number), scheduler_(scheduler) {}
  /// What a coroutine of a run resumes through is its chain; another trampoline here is a mistake in the
  /// program.
  static Chain& of(Trampoline& trampoline) {
    if (typeid(trampoline) != typeid(Chain)) throw std::logic_error("no chain of a run");
    return static_cast<Chain&>(trampoline);
  }
  static const Chain& of(const Trampoline& trampoline) { return of(const_cast<Trampoline&>(trampoline)); }

  void take_turn() override;

  const std::uint64_t number;  ///< no two chains of a run have the same
  /// The node whose release or push this chain waits for (rule 11), to find circles of waiting chains.
  Instance* waiting_for = nullptr;
  /// How many chains wait for nodes that this one executes.
  std::size_t waited_for = 0;
  /// The chain whose execution started this one beside itself, and waits for it to end.
  Chain* parent = nullptr;
  CancelScope* scope = nullptr;  ///< the innermost that it is in at the moment; null: only the run
  std::vector<Chain*> children;
  const ChainPlace* at = nullptr;  ///< what it executes at the moment; null: nothing
  std::uint64_t suspensions = 0;   ///< how often others may have had a turn while it waited
  RecordNumber record = 0;         ///< of the execution, or call of a hook, whose code is at work
  /// What it waits for when it is suspended next.
  SuspendedFor waits_for = SuspendedFor::kCode;

  /// True for the chain itself and all that started it: what they execute is "up the own chain" (rule 11).
  bool is_within(const Chain* chain) const {
    for (const Chain* at = this; at; at = at->parent) {
      if (at == chain) return true;
    }
    return false;
  }

 private:
  friend class Scheduler;

  /// How the chain is suspended: decides who may make it ready.
  enum class Suspended { kNo, kReady, kParked, kJoining };

  Scheduler& scheduler_;
  Task<void> task_;
  JoinCount* join_ = nullptr;
  std::coroutine_handle<> resume_at_;
  Suspended suspended_ = Suspended::kNo;
  std::list<Chain*>::iterator parked_at_;              ///< when kParked
  std::multimap<SteadyTime, Chain*>::iterator timer_;  ///< when `has_timer_`
  bool has_timer_ = false;
  bool was_parked_ = false;  ///< since its last turn
  std::uint32_t entry_ = 0;  ///< its place in the order of an earlier run; 0: none
  bool is_yield_ = false;    ///< with `was_parked_`: it has only given way
  bool is_taken_ = false;    ///< it waits for that as a part of an execution that is taken
  RecordNumber taken_ = 0;   ///< of that execution; 0: who takes it tells the recorder
  bool shielded_ = false;    ///< when kParked: a stop does not wake it, and `parked_at_` is unset
};

}  // namespace vnode
