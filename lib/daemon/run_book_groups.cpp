// The part of RunBook that has to do with groups of runs (rule 22).
#include <algorithm>
#include <utility>

#include "base/utc_time.h"
#include "daemon/reply.h"
#include "daemon/run_book.h"
#include "daemon/run_row_text.h"

namespace vnode {
namespace {

/// Runs that are entered in one turn of the loop.
constexpr std::size_t kEnteredInATurn = 64;

GroupRow group_of(const RunRow& first, std::size_t size, std::string parameter) {
  GroupRow group;
  group.number = first.number;
  group.id = group_id(first.number, first.id);
  group.size = static_cast<std::int64_t>(size);
  group.parameter = std::move(parameter);
  group.queue = first.queue;
  group.priority = first.priority;
  group.workflow = first.workflow;
  group.description = first.description;
  group.created_at = first.created_at;
  group.info = first.info;
  return group;
}

}  // namespace

/// What the runs are is written down where they are stored: of many it takes a while.
void RunBook::submit_group(NewGroup group, Done done) {
  const CheckedSubmission& submission = *group.common.prepared.submission;
  const std::size_t size = group.items.size();
  if (std::optional<RpcError> refused = check(submission, size)) return done(std::move(*refused));
  RunRow first = new_row(submission, group.common.digest);
  first.group = first.number;
  last_.number += static_cast<std::int64_t>(size) - 1;
  last_.id = run_id(last_.number, wall_time(first.created_at), first.id);
  const GroupRow row = group_of(first, size, std::move(group.parameter));
  const auto earlier = std::make_shared<std::optional<RunRow>>();
  const auto rows = std::make_shared<std::vector<RunRow>>();
  const auto items = std::make_shared<const std::vector<NewGroup::Item>>(std::move(group.items));
  const auto change = [row, first, items, rows, earlier,
                       shared = group.common.stored](RunStore& store) -> Result<void> {
    if (!first.key.empty()) {
      Result<std::optional<RunRow>> found = store.find_key(first.key);
      if (!found) return found.error();
      *earlier = std::move(*found);
      if (*earlier) return {};
    }
    rows->clear();
    rows->reserve(items->size());
    if (Result<void> done = store.insert_group(row, *shared); !done) return done;
    RunRow next = first;
    for (const NewGroup::Item& item : *items) {
      next.id = run_id(next.number, wall_time(next.created_at), first.id);
      next.group_value = item.value;
      next.parameters = item.parameters;
      if (Result<void> done = store.insert(next, {"", item.request}); !done) return done;
      rows->push_back(next);
      ++next.number;
      next.key.clear();  // it belongs to one: the first stands for all
      next.digest.clear();
    }
    return {};
  };
  const bool has_hooks = group.has_hooks;
  entering_ += size;
  store_->write(
      change, [this, row, first, rows, earlier, size, has_hooks, secrets = std::move(group.common.secrets),
               done = std::move(done)](Result<void> result) mutable {
        note_store(result);
        if (!result || *earlier) entering_ -= size;
        if (!result)
          return done(daemon_error("store_unavailable", "not accepted: " + describe(result.error())));
        if (*earlier) return answer_earlier(**earlier, first, done);
        enter_group(row, rows, std::move(secrets), has_hooks, done);
      });
}

/// In pieces, so that others have their turns.
void RunBook::enter_group(const GroupRow& group, std::shared_ptr<std::vector<RunRow>> rows,
                          std::shared_ptr<const Secrets> secrets, bool has_hooks, const Done& done) {
  groups_.add(group);
  groups_.count(group.number, RunStatus::kPending, group.size);
  observer_.on_group_changed(*groups_.find(group.number));
  const auto next = std::make_shared<std::size_t>(0);
  enter_in_order([this, id = group.id, rows, secrets = std::move(secrets), done, next, has_hooks] {
    const std::size_t end = std::min(rows->size(), *next + kEnteredInATurn);
    for (; *next < end; ++*next) {
      --entering_;
      RunRow& row = (*rows)[*next];
      const RunLife life({.retries_left = row.retries}, on_interrupt_of(row));
      const std::string run = row.id;
      enter(std::move(row), {}, life, secrets);
      live_run(run)->may_have_hooks = has_hooks;
    }
    if (end < rows->size()) return false;
    done(Accepted{id, false, rows->size()});
    return true;
  });
}

std::vector<std::string> RunBook::live_of_group(const RunGroup& group) const {
  std::vector<std::string> ids;
  const std::int64_t end = group.row.number + group.row.size;
  for (auto at = by_number_.lower_bound(group.row.number); at != by_number_.end() && at->first < end; ++at) {
    ids.push_back(at->second->row.id);
  }
  return ids;
}

Result<void> RunBook::restore_groups(RunStore& store) {
  Result<std::vector<GroupRow>> groups = store.groups();
  if (!groups) return groups.error();
  for (GroupRow& group : *groups) groups_.add(std::move(group));
  return {};
}

/// Those that are live are counted when they are entered.
Result<void> RunBook::count_ended_of_groups(RunStore& store) {
  const Result<std::vector<GroupCount>> counts = store.group_counts();
  if (!counts) return counts.error();
  for (const GroupCount& count : *counts) {
    if (is_ended(count.status)) groups_.count(count.group, count.status, count.runs);
  }
  const auto ends = store.group_ends();
  if (!ends) return ends.error();
  for (const auto& [group, completed_at] : *ends) groups_.note_end(group, completed_at);
  return {};
}

void RunBook::forget_removed(const std::vector<GroupCount>& removed) {
  for (const GroupCount& count : removed) groups_.count(count.group, count.status, -count.runs);
  const std::vector<std::string> gone = groups_.drop_empty(removed);
  if (!gone.empty()) observer_.on_removed(gone);
  for (const GroupCount& count : removed) {
    if (const RunGroup* group = groups_.find(count.group)) observer_.on_group_changed(*group);
  }
}

}  // namespace vnode
