#include "apps/vnode/show/group_story.h"

#include <array>

#include "apps/vnode/show/run_info.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr std::array kBadEnds = {RunStatus::kFailed, RunStatus::kTimeout, RunStatus::kInterrupted,
                                 RunStatus::kCancelled};

std::int64_t count_of(const Value& group, RunStatus status) {
  const Value* counts = member(group, "counts");
  return counts ? integer_member(*counts, word(status)).value_or(0) : 0;
}

std::int64_t count_told(const Value& group) {
  std::int64_t runs = 0;
  for (const std::string& status : telling_statuses(group))
    runs += count_of(group, parse_run_status(status).value_or(RunStatus::kPending));
  return runs;
}

std::string heading_of(const Value& group) {
  const RunInfo info = read_run_info(group);
  return (info.has_ended() ? "the group has ended: " : "the group is ") + info.status + ": " + info.counts;
}

std::string text_of_run(const RunInfo& run) { return run.error.empty() ? run.reason : run.error; }

}  // namespace

std::vector<std::string> telling_statuses(const Value& group) {
  std::vector<std::string> statuses;
  for (const RunStatus bad : kBadEnds) {
    if (count_of(group, bad) > 0) statuses.emplace_back(word(bad));
  }
  if (statuses.empty() && count_of(group, RunStatus::kRunning) == 0 &&
      count_of(group, RunStatus::kPending) > 0) {
    statuses.emplace_back(word(RunStatus::kPending));
  }
  return statuses;
}

std::string group_story_text(const Value& group, const std::vector<Value>& runs) {
  std::string text = heading_of(group) + "\n";
  for (auto one = runs.rbegin(); one != runs.rend(); ++one) {
    const RunInfo run = read_run_info(*one);
    const std::string why = text_of_run(run);
    text += run.id + (run.group_value.empty() ? "" : " (" + run.group_value + ")") + " " + run.status +
            (why.empty() ? "" : ": " + why) + "\n";
  }
  const std::int64_t more = count_told(group) - static_cast<std::int64_t>(runs.size());
  if (more > 0)
    text += "and " + std::to_string(more) + " more: 'vnode ps --group " + text_member(group, "id") + "'\n";
  return text;
}

Value group_story_value(const Value& group, const std::vector<Value>& runs) {
  std::vector<Value> told;
  for (auto one = runs.rbegin(); one != runs.rend(); ++one) {
    const RunInfo run = read_run_info(*one);
    told.emplace_back(Dict{{"id", run.id},
                           {"status", run.status},
                           {"group_value", run.group_value},
                           {"text", text_of_run(run)}});
  }
  return Dict{{"id", text_member(group, "id")},
              {"status", text_member(group, "status")},
              {"text", heading_of(group)},
              {"runs", Value::list(std::move(told))}};
}

}  // namespace vnode
