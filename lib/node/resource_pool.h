#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "model/resource_amounts.h"
#include "model/wait_for.h"

namespace vnode {

/// What an execution takes before its own code is at work: all of it together.
struct ResourceDemand {
  bool slot = true;  ///< a place among the processes and blocking nodes of the run
  ResourceAmounts amounts = {};

  bool is_any() const { return slot || !amounts.empty(); }
  auto operator<=>(const ResourceDemand&) const = default;
};

/// Each of those amounts is there.
bool has_all(const ResourceAmounts& total, const ResourceAmounts& amounts);

/// Lends resources that several runs share. Thread rule: any thread.
class ResourceLender {
 public:
  virtual ~ResourceLender() = default;
  /// Whether it could ever lend all of that.
  virtual bool is_possible(const ResourceAmounts& amounts) const = 0;
  /// Calls `granted` once, at once or later, on any thread, when all of that is lent. Returns what `end`
  /// takes.
  virtual std::uint64_t borrow(const ResourceAmounts& amounts, std::function<void()> granted) = 0;
  /// Gives that back, or asks for it no longer: `granted` may be under way, and is not called afterwards.
  virtual void end(std::uint64_t loan) = 0;
  /// What such a demand waits for, for people; empty when nothing.
  virtual std::string lack_of(const ResourceAmounts& amounts) const = 0;
};

/// What the nodes of one run take turns at (engine rules 28 and 40): its slots, and named resources. First
/// come, first served: what the first of those who wait asks for of named resources is kept for it, and who
/// needs none of that may pass. Nobody waits while holding, but for one that has borrowed already and waits
/// for its slot, at the head of all: so no circle can close.
///
/// Costs: logarithmic in those who wait, linear in the different demands among them. Thread rule: the thread
/// that steps the run.
class ResourcePool {
 public:
  /// What a wait is for.
  struct Lack {
    WaitFor what = WaitFor::kSlot;
    std::string detail = {};  ///< for people: "license.houdini: needs 1, 0 of 1 free"
  };
  /// Of one demand, from `take` to `end`.
  using Number = std::uint64_t;
  struct Turn {
    Number number;
    bool is_granted;
  };
  /// Called with what is to be called on the stepping thread, on any thread.
  using Post = std::function<void(std::function<void()>)>;

  /// `slots`: at least one. `total`: what there is of each; others do not exist. `lender`: where all named
  /// resources come from instead, if it is not null; it outlives the pool.
  ResourcePool(std::size_t slots, ResourceAmounts total, ResourceLender* lender = nullptr, Post post = {});
  ResourcePool(const ResourcePool&) = delete;
  ~ResourcePool();

  /// Whether that could be granted if nobody else was there.
  bool is_possible(const ResourceAmounts& amounts) const;
  /// `granted` is called when it could not be granted at once, on the stepping thread, from within others'
  /// `end` or from what was posted. `demand` must live until then. A demand that can never be met waits for
  /// ever.
  Turn take(const ResourceDemand& demand, std::function<void(Number)> granted);
  /// Gives back what that one holds, or lets it wait no longer.
  void end(Number number);
  /// The run is paused: until `release` nobody is granted anything, and what was lent to those who wait goes
  /// back.
  void hold();
  void release();
  /// Why that one waits.
  Lack lack_of(Number number) const;

 private:
  struct Entry {
    const ResourceDemand* demand;
    std::function<void(Number)> granted;
    std::uint64_t loan = 0;
    bool is_borrowing = false;
    int borrowings = 0;  ///< how often it has asked: an answer to an earlier one comes too late
    bool is_held = false;
  };
  using Entries = std::map<Number, Entry>;
  /// Those who wait and ask for the same.
  using Lines = std::map<ResourceDemand, std::set<Number>>;

  bool fits(const ResourceDemand& demand, const ResourceAmounts* kept) const;
  ResourceAmount free(const std::string& name) const;
  void grant(Entry& entry);
  void borrow(Number number, Entry& entry);
  void on_borrowed(Number number, int borrowing);
  void leave_line(Number number, const ResourceDemand& demand);
  Lines::iterator next_line();
  const ResourceAmounts* kept() const;
  void serve();

  const ResourceAmounts total_;
  ResourceLender* const lender_;
  const Post post_;
  /// What a lender calls, perhaps late, finds out here whether the pool is still there. Stepping thread.
  std::shared_ptr<ResourcePool*> self_;
  std::size_t free_slots_;
  ResourceAmounts used_;
  Number last_ = 0;
  bool is_shut_ = false;
  std::set<Number> put_off_;  ///< until the pool is open: what they need has to be borrowed
  Entries entries_;
  Lines lines_;
};

}  // namespace vnode
