#include "apps/vnode/show/run_listing.h"

#include <algorithm>

#include "base/run_status.h"
#include "model/members.h"
#include "model/value_ops.h"

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
  Dict info;
  for (const auto& [name, text] : selection.info) info.set(Value(name), Value(text));
  if (!info.empty()) params.set("info", std::move(info));
  if (!before.empty()) params.set("before", before);
  return params;
}

/// What is fetched page by page.
struct Paged {
  std::string_view method;
  std::string_view member;
  std::vector<Value> RunListing::*items;
};
constexpr Paged kRuns{"run.list", "runs", &RunListing::runs};
constexpr Paged kGroups{"group.list", "groups", &RunListing::groups};

/// Appends the newest with these statuses, the newest first, up to `limit`.
std::optional<CallError> add_pages(const Paged& what, const RunSelection& selection,
                                   const std::vector<std::string>& statuses, std::optional<std::size_t> limit,
                                   const DaemonCall& call, RunListing& listing) {
  std::string before;
  std::size_t left = limit.value_or(~std::size_t{0});
  for (;;) {
    Dict params = page_params(selection, statuses, before, std::min(kPage, left));
    if (what.items == &RunListing::runs) {
      selection.group.empty() ? params.set("alone", true) : params.set("group", selection.group);
    }
    std::variant<Value, CallError> reply = call(what.method, params);
    if (auto* error = std::get_if<CallError>(&reply)) return std::move(*error);
    const Value& page = std::get<Value>(reply);
    const std::span<const Value> found = list_member(page, what.member);
    std::vector<Value>& items = listing.*what.items;
    items.insert(items.end(), found.begin(), found.end());
    left -= std::min(left, found.size());
    const bool has_more = switch_member(page, "more");
    if (!has_more || left == 0 || found.empty()) {
      listing.has_more = listing.has_more || has_more;
      return std::nullopt;
    }
    before = text_member(found.back(), "id");
  }
}

std::optional<CallError> add_all(const Paged& what, const RunSelection& selection, std::size_t recent,
                                 const DaemonCall& call, RunListing& listing) {
  if (!selection.is_default())
    return add_pages(what, selection, selection.statuses, selection.limit, call, listing);
  std::optional<CallError> error =
      add_pages(what, selection, words(kActiveStatuses), std::nullopt, call, listing);
  if (!error) error = add_pages(what, selection, words(kEndedStatuses), recent, call, listing);
  return error;
}

/// What ended between the two questions was told twice: the later answer counts.
void put_in_order(std::vector<Value>& items) {
  std::stable_sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    return is_submitted_before(text_view(a, "id"), text_view(b, "id"));
  });
  const auto same_id = [](const Value& a, const Value& b) {
    return text_member(a, "id") == text_member(b, "id");
  };
  std::reverse(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end(), same_id), items.end());
  std::reverse(items.begin(), items.end());
}

/// Of both together only so many of the newest.
void keep_newest(RunListing& listing, std::size_t limit) {
  while (listing.runs.size() + listing.groups.size() > limit) {
    const bool is_group =
        listing.runs.empty() ||
        (!listing.groups.empty() &&
         is_submitted_before(text_view(listing.groups.front(), "id"), text_view(listing.runs.front(), "id")));
    std::vector<Value>& older = is_group ? listing.groups : listing.runs;
    older.erase(older.begin());
    listing.has_more = true;
  }
}

}  // namespace

bool RunSelection::takes(const Value& run) const {
  const std::string status = text_member(run, "status");
  if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), status) == statuses.end())
    return false;
  if (!queue.empty() && text_member(run, "queue") != queue) return false;
  if (!workflow.empty() && text_member(run, "workflow").find(workflow) == std::string::npos) return false;
  const bool is_group = member(run, "counts") != nullptr;
  const std::string its_group = text_member(run, "group");
  if (group.empty() ? !its_group.empty() : is_group || !its_group.starts_with(group)) return false;
  const Value* its_info = member(run, "info");
  return std::all_of(info.begin(), info.end(), [its_info](const auto& wanted) {
    const Value* value = its_info ? member(*its_info, wanted.first) : nullptr;
    return value && to_text(*value) == wanted.second;
  });
}

bool is_submitted_before(std::string_view a, std::string_view b) {
  // "00042" of "g261130-00042"; there may be more digits than that.
  const auto number_in = [](std::string_view id) { return id.substr(id.rfind('-') + 1); };
  const std::string_view first = number_in(a);
  const std::string_view second = number_in(b);
  if (first.size() != second.size()) return first.size() < second.size();
  if (first != second) return first < second;
  return a.starts_with('g') && !b.starts_with('g');
}

std::vector<Value> RunListing::merged() const {
  std::vector<Value> all = groups;
  all.insert(all.end(), runs.begin(), runs.end());
  std::stable_sort(all.begin(), all.end(), [](const Value& a, const Value& b) {
    return is_submitted_before(text_view(a, "id"), text_view(b, "id"));
  });
  return all;
}

std::variant<RunListing, CallError> list_runs(const RunSelection& selection, const DaemonCall& call,
                                              std::size_t recent) {
  RunListing listing;
  std::optional<CallError> error = add_all(kRuns, selection, recent, call, listing);
  if (!error && selection.group.empty()) error = add_all(kGroups, selection, recent, call, listing);
  if (error) return std::move(*error);
  put_in_order(listing.runs);
  put_in_order(listing.groups);
  if (selection.limit) keep_newest(listing, *selection.limit);
  return listing;
}

}  // namespace vnode
