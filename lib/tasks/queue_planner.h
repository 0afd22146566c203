#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tasks/task_record.h"

namespace vnode {

/// A task as the planner knows it: numbers in order of submission.
using TaskKey = std::uint64_t;

/// What people call a task: its id.
using TaskNamer = std::function<std::string(TaskKey)>;

/// Why a task is held in its place.
enum class HoldReason : std::uint8_t {
  kRetry,
  kPause,
  kDependency,  ///< others have to end first; nobody behind it waits for it
};

/// Why a pending task is not running (rule 7).
struct WaitReason {
  /// "queue_paused", "queue_full", "behind", "resource", "no_such_resource", "retry", "paused", "dependency",
  /// "ready"; from the table also "cancelled", "shutting_down"
  std::string code;
  std::string text;  ///< for people, names everything that it waits for
};

/// What a queue looks like from outside.
struct QueueView {
  std::string name;
  std::size_t concurrency = 1;
  bool is_paused = false;
  std::size_t pending = 0;
  std::size_t running = 0;
};
struct ResourceView {
  std::string name;
  ResourceAmount total = 0;
  ResourceAmount used = 0;
};

/// Decides what may start next: pure, without work, time or threads.
///
/// In a queue the higher priority comes first, ties in order of submission (rule 6). A queue of concurrency 1
/// keeps that order strictly: when its first task waits for a resource, those behind it wait too. In a wider
/// queue a task that waits for a resource lets others pass which do not need that resource; what it needs is
/// kept for it, in all queues, so that it gets its turn; also while its queue is full, if others have passed
/// it there. Nothing is kept for a task that asks for more than there is. Between queues the same order
/// holds.
///
/// Costs: add, remove and start are logarithmic in the number of tasks, whatever waits for what (tasks of one
/// queue with the same demands are looked at as one). Thread rule: one thread at a time, also for what is
/// const.
class QueuePlanner {
 public:
  QueuePlanner() { loans_.concurrency = std::numeric_limits<std::size_t>::max(); }
  QueuePlanner(const QueuePlanner&) = delete;

  /// Makes the queue, or changes how many of its tasks may run at once (at least 1).
  void set_queue(const std::string& name, std::size_t concurrency);
  bool has_queue(std::string_view name) const;
  /// The queue must exist. Pausing lets what runs go on.
  void set_paused(std::string_view name, bool is_paused);
  /// False when it does not exist, or is not empty.
  bool remove_queue(std::string_view name);
  /// Makes the resource, or changes how much there is of it; what is in use stays in use.
  void set_resource(const std::string& name, std::int64_t total);
  void remove_resource(std::string_view name);

  /// The queue must exist. Keys grow with submission; a task that is added again (a retry) keeps its key and
  /// with it its place. Amounts below 1 ask for nothing.
  void add(TaskKey key, const std::string& queue, int priority, const Demands& demands);
  /// Something that is no task asks for those resources on behalf of a running one: it is in no queue, and
  /// never waits for anything else. `remove` ends it. The key as for `add`.
  void add_loan(TaskKey key, int priority, const Demands& demands);
  /// A task that is not to start yet, since it is tried again later or paused: it counts as pending, may not
  /// start, and asks for nothing. In a queue of concurrency 1 those behind it wait for it, unless it waits
  /// for others to end, which may be those; elsewhere others pass. `remove` and `add` end that. The key as
  /// for `add`.
  void hold(TaskKey key, const std::string& queue, int priority, HoldReason reason = HoldReason::kRetry);
  /// Of a pending or a running one; gives back what it held. Nothing happens when it is not there.
  void remove(TaskKey key);
  /// The next task that may run now, which counts as running from then on.
  std::optional<TaskKey> start_next();
  /// The same among loans alone: no task is to be started any more.
  std::optional<TaskKey> start_next_loan();

  /// For a pending task, which must be there. Names who holds what it waits for as `name_of` says.
  WaitReason why_waiting(TaskKey key, const TaskNamer& name_of) const;

  std::vector<QueueView> queues() const;        ///< by name
  std::vector<ResourceView> resources() const;  ///< by name

 private:
  struct Rank {
    int priority = 0;
    TaskKey key = 0;
    bool operator==(const Rank&) const = default;
    bool operator<(const Rank& other) const {
      return priority != other.priority ? priority > other.priority : key < other.key;
    }
  };
  struct Queue;
  /// Tasks of one queue that ask for the same. It goes when it has none any more.
  struct Bucket {
    Queue* queue = nullptr;
    const Demands* demands = nullptr;
    std::set<Rank> pending;
    std::size_t running = 0;
  };
  struct Queue {
    std::string name;
    std::size_t concurrency = 1;
    bool is_paused = false;
    std::map<Demands, Bucket> buckets;
    std::size_t pending = 0;
    std::set<Rank> running;
    std::set<Rank> held;              ///< they count as pending
    mutable std::vector<Rank> order;  ///< of all that are pending and hold others up, made when somebody asks
    mutable bool is_order_known = false;

    bool has_room() const { return running.size() < concurrency; }
    bool is_strict() const { return concurrency == 1; }
    /// Its order makes that one wait for one that is held.
    bool is_held_up(const Rank& rank) const { return is_strict() && !held.empty() && *held.begin() < rank; }
  };
  struct Resource {
    bool exists = false;  ///< false: removed while it was in use, or never made
    std::int64_t total = 0;
    std::int64_t used = 0;
    std::map<TaskKey, std::int64_t> holders;
  };
  struct Place {
    Queue* queue = nullptr;
    Bucket* bucket = nullptr;  ///< null: it is held
    Rank rank;
    bool is_running = false;
    HoldReason hold = HoldReason::kRetry;
  };
  /// How much of a resource is kept for tasks that come before, and for which first.
  struct Kept {
    std::int64_t amount = 0;
    TaskKey first = 0;
  };
  /// What those that come before leave to the next one.
  struct Claims {
    std::map<std::string_view, Kept> kept;
    /// The same without what is kept for tasks that have no place in their queue: those who have one may be
    /// waiting for a loan.
    std::map<std::string_view, Kept> kept_from_loans;
    std::set<const Queue*> strict;  ///< queues whose order holds the others up
  };

  void enqueue(Queue& queue, const Rank& rank, const Demands& demands);
  Queue& queue_at(std::string_view name);
  void replace_head(Bucket& bucket, std::optional<Rank> before);
  std::optional<TaskKey> start_next_of(const Queue* queue);
  TaskKey start_head(Bucket& bucket);
  void give_back(const Place& place);
  bool is_clear(const Bucket& bucket, const Claims& claims) const;
  void claim(const Bucket& bucket, Claims& claims) const;
  const std::map<std::string_view, Kept>& kept_from(const Bucket& bucket, const Claims& claims) const;
  bool fits(const Demands& demands, const std::map<std::string_view, Kept>& claimed) const;
  bool is_possible(const Demands& demands) const;
  std::size_t count_ahead(const Queue& queue, const Rank& rank) const;
  WaitReason explain_hold(const Place& place) const;
  void explain_queue(const Place& place, const TaskNamer& name_of, std::vector<WaitReason>& reasons) const;
  void explain_demands(const Demands& demands, const std::map<std::string_view, Kept>& claimed_by,
                       const TaskNamer& name_of, std::vector<WaitReason>& reasons) const;
  static std::string holder_names(const Resource& resource, const TaskNamer& name_of);

  std::map<std::string, Queue, std::less<>> queues_;
  Queue loans_;  ///< as wide as needed
  std::map<std::string, Resource, std::less<>> resources_;
  std::unordered_map<TaskKey, Place> places_;
  std::map<Rank, Bucket*> heads_;  ///< the first pending task of each bucket
};

}  // namespace vnode
