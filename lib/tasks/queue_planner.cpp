#include "tasks/queue_planner.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace vnode {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

}  // namespace

void QueuePlanner::set_queue(const std::string& name, std::size_t concurrency) {
  Queue& queue = queues_[name];
  queue.name = name;
  queue.concurrency = std::max<std::size_t>(concurrency, 1);
  queue.is_order_known = false;
}

bool QueuePlanner::has_queue(std::string_view name) const { return queues_.contains(name); }

void QueuePlanner::set_paused(std::string_view name, bool is_paused) { queue_at(name).is_paused = is_paused; }

bool QueuePlanner::remove_queue(std::string_view name) {
  const auto at = queues_.find(name);
  if (at == queues_.end() || at->second.pending > 0 || !at->second.running.empty()) return false;
  queues_.erase(at);
  return true;
}

void QueuePlanner::set_resource(const std::string& name, std::int64_t total) {
  Resource& resource = resources_[name];
  resource.exists = true;
  resource.total = std::max<std::int64_t>(total, 0);
}

void QueuePlanner::remove_resource(std::string_view name) {
  const auto at = resources_.find(name);
  if (at == resources_.end()) return;
  at->second.exists = false;
  if (at->second.holders.empty()) resources_.erase(at);
}

QueuePlanner::Queue& QueuePlanner::queue_at(std::string_view name) {
  const auto at = queues_.find(name);
  if (at == queues_.end()) throw std::invalid_argument("no queue is called '" + std::string(name) + "'");
  return at->second;
}

void QueuePlanner::add(TaskKey key, const std::string& queue_name, int priority, const Demands& demands) {
  enqueue(queue_at(queue_name), {priority, key}, demands);
}

void QueuePlanner::add_loan(TaskKey key, int priority, const Demands& demands) {
  enqueue(loans_, {priority, key}, demands);
}

void QueuePlanner::enqueue(Queue& queue, const Rank& rank, const Demands& demands) {
  Demands asked = demands;
  std::erase_if(asked, [](const auto& demand) { return demand.second < 1; });
  const auto [at, is_new] = queue.buckets.try_emplace(std::move(asked));
  Bucket& bucket = at->second;
  bucket.queue = &queue;
  bucket.demands = &at->first;
  const std::optional<Rank> head =
      is_new || bucket.pending.empty() ? std::nullopt : std::optional(*bucket.pending.begin());
  bucket.pending.insert(rank);
  replace_head(bucket, head);
  ++queue.pending;
  queue.is_order_known = false;
  places_[rank.key] = {.queue = &queue, .bucket = &bucket, .rank = rank};
}

void QueuePlanner::hold(TaskKey key, const std::string& queue_name, int priority, HoldReason reason) {
  Queue& queue = queue_at(queue_name);
  const Rank rank{priority, key};
  if (reason != HoldReason::kDependency) queue.held.insert(rank);
  ++queue.pending;
  queue.is_order_known = false;
  places_[key] = {&queue, nullptr, rank, false, reason};
}

/// After the pending tasks of a bucket have changed, whose first one was `before`.
void QueuePlanner::replace_head(Bucket& bucket, std::optional<Rank> before) {
  if (before && !bucket.pending.empty() && *bucket.pending.begin() == *before) return;
  if (before) heads_.erase(*before);
  if (!bucket.pending.empty()) heads_.emplace(*bucket.pending.begin(), &bucket);
}

void QueuePlanner::remove(TaskKey key) {
  const auto at = places_.find(key);
  if (at == places_.end()) return;
  const Place place = at->second;
  places_.erase(at);
  Queue& queue = *place.queue;
  if (!place.bucket) {
    queue.held.erase(place.rank);
    --queue.pending;
    queue.is_order_known = false;
    return;
  }
  Bucket& bucket = *place.bucket;
  if (place.is_running) {
    give_back(place);
  } else {
    const Rank head = *bucket.pending.begin();
    bucket.pending.erase(place.rank);
    replace_head(bucket, head);
    --queue.pending;
    queue.is_order_known = false;
  }
  if (bucket.pending.empty() && bucket.running == 0) queue.buckets.erase(queue.buckets.find(*bucket.demands));
}

void QueuePlanner::give_back(const Place& place) {
  --place.bucket->running;
  place.bucket->queue->running.erase(place.rank);
  for (const auto& [name, amount] : *place.bucket->demands) {
    const auto at = resources_.find(name);
    at->second.used -= amount;
    at->second.holders.erase(place.rank.key);
    if (!at->second.exists && at->second.holders.empty()) resources_.erase(at);
  }
}

std::optional<TaskKey> QueuePlanner::start_next() { return start_next_of(nullptr); }

std::optional<TaskKey> QueuePlanner::start_next_loan() { return start_next_of(&loans_); }

/// `queue`: the only one that counts; null: all do.
std::optional<TaskKey> QueuePlanner::start_next_of(const Queue* queue) {
  Claims claims;
  for (const auto& [rank, bucket] : heads_) {
    if (queue && bucket->queue != queue) continue;
    if (is_clear(*bucket, claims)) return start_head(*bucket);
    claim(*bucket, claims);
  }
  return std::nullopt;
}

TaskKey QueuePlanner::start_head(Bucket& bucket) {
  const Rank rank = *bucket.pending.begin();
  Queue& queue = *bucket.queue;
  for (const auto& [name, amount] : *bucket.demands) {
    Resource& resource = resources_.find(name)->second;
    resource.used += amount;
    resource.holders.emplace(rank.key, amount);
  }
  places_.at(rank.key).is_running = true;
  bucket.pending.erase(rank);
  replace_head(bucket, rank);
  ++bucket.running;
  queue.running.insert(rank);
  --queue.pending;
  queue.is_order_known = false;
  return rank.key;
}

/// Whether the first task of the bucket may run.
bool QueuePlanner::is_clear(const Bucket& bucket, const Claims& claims) const {
  const Queue& queue = *bucket.queue;
  return !queue.is_paused && queue.has_room() && !claims.strict.contains(&queue) &&
         !queue.is_held_up(*bucket.pending.begin()) && fits(*bucket.demands, kept_from(bucket, claims));
}

/// Takes from those that come behind what the first task of the bucket, which may not run, has a right to.
void QueuePlanner::claim(const Bucket& bucket, Claims& claims) const {
  const Queue& queue = *bucket.queue;
  if (queue.is_paused) return;
  const Rank& rank = *bucket.pending.begin();
  if (queue.is_strict()) {
    if (!queue.has_room() || queue.is_held_up(rank) || !claims.strict.insert(&queue).second) return;
  } else if (!queue.has_room() && !(rank < *queue.running.rbegin())) {
    return;  // it waits for the queue alone
  }
  if (!is_possible(*bucket.demands)) return;
  const auto keep = [&](std::map<std::string_view, Kept>& all) {
    for (const auto& [name, amount] : *bucket.demands) {
      Kept& kept = all[name];
      if (kept.amount == 0) kept.first = rank.key;
      kept.amount = amount < kMost - kept.amount ? kept.amount + amount : kMost;
    }
  };
  keep(claims.kept);
  if (queue.has_room()) keep(claims.kept_from_loans);
}

const std::map<std::string_view, QueuePlanner::Kept>& QueuePlanner::kept_from(const Bucket& bucket,
                                                                              const Claims& claims) const {
  return bucket.queue == &loans_ ? claims.kept_from_loans : claims.kept;
}

bool QueuePlanner::fits(const Demands& demands, const std::map<std::string_view, Kept>& claimed_by) const {
  return std::all_of(demands.begin(), demands.end(), [&](const auto& demand) {
    const auto at = resources_.find(demand.first);
    if (at == resources_.end() || !at->second.exists) return false;
    const auto kept = claimed_by.find(demand.first);
    const std::int64_t left = at->second.total - at->second.used;
    const std::int64_t claimed = kept == claimed_by.end() ? 0 : kept->second.amount;
    return claimed <= left && demand.second <= left - claimed;
  });
}

/// Whether a task with these demands could ever run, if nobody else did.
bool QueuePlanner::is_possible(const Demands& demands) const {
  return std::all_of(demands.begin(), demands.end(), [this](const auto& demand) {
    const auto at = resources_.find(demand.first);
    return at != resources_.end() && at->second.exists && demand.second <= at->second.total;
  });
}

std::vector<QueueView> QueuePlanner::queues() const {
  std::vector<QueueView> views;
  for (const auto& [name, queue] : queues_) {
    views.push_back({name, queue.concurrency, queue.is_paused, queue.pending, queue.running.size()});
  }
  return views;
}

std::vector<ResourceView> QueuePlanner::resources() const {
  std::vector<ResourceView> views;
  for (const auto& [name, resource] : resources_) {
    if (resource.exists) views.push_back({name, resource.total, resource.used});
  }
  return views;
}

}  // namespace vnode
