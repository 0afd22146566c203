// Why a task waits, in words: rule 7.
#include <algorithm>

#include "tasks/queue_planner.h"

namespace vnode {
namespace {

constexpr std::size_t kNamesShown = 3;

std::string join(const std::vector<WaitReason>& reasons) {
  std::string text;
  for (const WaitReason& reason : reasons) {
    if (!text.empty()) text += "; ";
    text += reason.text;
  }
  return text;
}

std::string count_text(std::size_t running, std::size_t concurrency) {
  return std::to_string(running) + " of " + std::to_string(concurrency) + " running";
}

std::string ahead_text(std::size_t ahead) {
  return ahead == 0 ? "next in line" : std::to_string(ahead) + " ahead";
}

}  // namespace

WaitReason QueuePlanner::why_waiting(TaskKey key, const TaskNamer& name_of) const {
  const Place& place = places_.at(key);
  const Queue& queue = *place.queue;
  if (!place.bucket) return explain_hold(place);
  const Bucket& bucket = *place.bucket;
  Claims claims;
  for (const auto& [rank, head] : heads_) {
    if (!(rank < place.rank)) break;
    if (!is_clear(*head, claims)) claim(*head, claims);
  }
  std::vector<WaitReason> reasons;
  explain_queue(place, name_of, reasons);
  explain_demands(*bucket.demands, kept_from(bucket, claims), name_of, reasons);
  const bool is_head = *bucket.pending.begin() == place.rank;
  if (reasons.empty() && !is_head) {
    reasons.push_back({"behind", "queue '" + queue.name +
                                     "': " + count_text(queue.running.size(), queue.concurrency) + ", " +
                                     ahead_text(count_ahead(queue, place.rank))});
  }
  if (reasons.empty()) return {"ready", "starts with the next step"};
  return {reasons.front().code, join(reasons)};
}

WaitReason QueuePlanner::explain_hold(const Place& place) const {
  if (place.hold == HoldReason::kPause) return {"paused", "is paused"};
  if (place.hold == HoldReason::kDependency) return {"dependency", "waits for others to end"};
  const Queue& queue = *place.queue;
  std::string text = "waits before it is tried again";
  if (queue.is_paused) text += "; queue '" + queue.name + "' is paused";
  return {"retry", std::move(text)};
}

void QueuePlanner::explain_queue(const Place& place, const TaskNamer& name_of,
                                 std::vector<WaitReason>& reasons) const {
  const Queue& queue = *place.queue;
  const std::string name = "queue '" + queue.name + "'";
  if (queue.is_paused) {
    reasons.push_back({"queue_paused", name + " is paused"});
    return;
  }
  const std::size_t ahead = count_ahead(queue, place.rank);
  if (!queue.has_room()) {
    reasons.push_back({"queue_full", name + ": " + count_text(queue.running.size(), queue.concurrency) +
                                         ", " + ahead_text(ahead)});
    return;
  }
  if (!queue.is_strict() || ahead == 0) return;
  const TaskKey first = queue.order.front().key;
  const WaitReason cause = why_waiting(first, name_of);  // not "behind": nothing is before it
  const std::string which = cause.code == "ready" ? "" : ", which " + cause.text;
  reasons.push_back({"behind", name + " keeps its order: " + ahead_text(ahead) + ", the first is " +
                                   name_of(first) + which});
}

void QueuePlanner::explain_demands(const Demands& demands, const std::map<std::string_view, Kept>& claimed_by,
                                   const TaskNamer& name_of, std::vector<WaitReason>& reasons) const {
  for (const auto& [name, amount] : demands) {
    const std::string waits = "waits for " + name + ": ";
    const std::string needs = waits + "needs " + resource_amount_text(amount) + ", ";
    const auto at = resources_.find(name);
    if (at == resources_.end() || !at->second.exists) {
      reasons.push_back({"no_such_resource", waits + "there is no such resource"});
      continue;
    }
    const Resource& resource = at->second;
    const std::int64_t left = std::max<std::int64_t>(resource.total - resource.used, 0);
    const std::string free =
        resource_amount_text(left) + " of " + resource_amount_text(resource.total) + " free";
    const auto kept = claimed_by.find(name);
    if (amount > resource.total) {
      reasons.push_back(
          {"resource", needs + "there are only " + resource_amount_text(resource.total) + " in all"});
    } else if (amount > left) {
      reasons.push_back({"resource", needs + free + ", held by " + holder_names(resource, name_of)});
    } else if (kept != claimed_by.end() && kept->second.amount > left - amount) {
      reasons.push_back(
          {"resource", needs + free + ", but kept for " + name_of(kept->second.first) + ", which is ahead"});
    }
  }
}

std::string QueuePlanner::holder_names(const Resource& resource, const TaskNamer& name_of) {
  std::string names;
  std::size_t shown = 0;
  for (const auto& [key, amount] : resource.holders) {
    if (shown == kNamesShown) break;
    if (shown++ > 0) names += ", ";
    names += name_of(key);
  }
  if (resource.holders.size() > shown) {
    names += " and " + std::to_string(resource.holders.size() - shown) + " more";
  }
  return names;
}

/// How many pending tasks of the queue come before. The order is kept until it changes, so that asking for
/// all tasks of a long queue costs little.
std::size_t QueuePlanner::count_ahead(const Queue& queue, const Rank& rank) const {
  if (!queue.is_order_known) {
    queue.order.clear();
    for (const auto& [demands, bucket] : queue.buckets) {
      queue.order.insert(queue.order.end(), bucket.pending.begin(), bucket.pending.end());
    }
    if (queue.is_strict()) queue.order.insert(queue.order.end(), queue.held.begin(), queue.held.end());
    std::sort(queue.order.begin(), queue.order.end());
    queue.is_order_known = true;
  }
  const auto at = std::lower_bound(queue.order.begin(), queue.order.end(), rank);
  return static_cast<std::size_t>(at - queue.order.begin());
}

}  // namespace vnode
