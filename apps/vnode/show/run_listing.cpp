#include "apps/vnode/show/run_listing.h"

#include <algorithm>

#include "base/run_status.h"
#include "model/members.h"

namespace vnode {
namespace {

/// What the protocol allows.
constexpr std::size_t kPage = 1000;

Dict page_params(const RunSelection& selection, const std::vector<std::string>& statuses,
                 const std::string& before, std::size_t limit) {
  Dict params = {{"limit", Value(limit)}};
  if (!statuses.empty()) {
    params.set("statuses", Value::list(std::vector<Value>(statuses.begin(), statuses.end())));
  }
  if (!selection.queue.empty()) params.set("queue", selection.queue);
  if (!selection.workflow.empty()) params.set("workflow", selection.workflow);
  if (!before.empty()) params.set("before", before);
  return params;
}

/// Appends the newest runs with these statuses, the newest first, up to `limit`.
std::optional<CallError> add_runs(const RunSelection& selection, const std::vector<std::string>& statuses,
                                  std::optional<std::size_t> limit, const DaemonCall& call,
                                  RunListing& listing) {
  std::string before;
  std::size_t left = limit.value_or(~std::size_t{0});
  for (;;) {
    std::variant<Value, CallError> reply =
        call("run.list", page_params(selection, statuses, before, std::min(kPage, left)));
    if (auto* error = std::get_if<CallError>(&reply)) return std::move(*error);
    const Value& page = std::get<Value>(reply);
    const std::span<const Value> runs = list_member(page, "runs");
    listing.runs.insert(listing.runs.end(), runs.begin(), runs.end());
    left -= std::min(left, runs.size());
    const bool has_more = switch_member(page, "more");
    if (!has_more || left == 0 || runs.empty()) {
      listing.has_more = listing.has_more || has_more;
      return std::nullopt;
    }
    before = text_member(runs.back(), "id");
  }
}

}  // namespace

bool RunSelection::takes(const Value& run) const {
  const std::string status = text_member(run, "status");
  if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), status) == statuses.end())
    return false;
  if (!queue.empty() && text_member(run, "queue") != queue) return false;
  return workflow.empty() || text_member(run, "workflow").find(workflow) != std::string::npos;
}

std::variant<RunListing, CallError> list_runs(const RunSelection& selection, const DaemonCall& call,
                                              std::size_t recent) {
  RunListing listing;
  std::optional<CallError> error;
  if (selection.is_default()) {
    error = add_runs(selection, words(kActiveStatuses), std::nullopt, call, listing);
    if (!error) error = add_runs(selection, words(kEndedStatuses), recent, call, listing);
  } else {
    error = add_runs(selection, selection.statuses, selection.limit, call, listing);
  }
  if (error) return std::move(*error);
  // Ids sort by submission.
  std::stable_sort(listing.runs.begin(), listing.runs.end(), [](const Value& a, const Value& b) {
    return text_member(a, "id") < text_member(b, "id");
  });
  // A run that ended between the two questions was told twice: the later answer counts.
  const auto same_id = [](const Value& a, const Value& b) {
    return text_member(a, "id") == text_member(b, "id");
  };
  std::reverse(listing.runs.begin(), listing.runs.end());
  listing.runs.erase(std::unique(listing.runs.begin(), listing.runs.end(), same_id), listing.runs.end());
  std::reverse(listing.runs.begin(), listing.runs.end());
  return listing;
}

}  // namespace vnode
