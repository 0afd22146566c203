#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "client/client.h"

namespace vnode {

/// Which runs `vnode ps` shows.
struct RunSelection {
  bool all = false;
  std::vector<std::string> statuses = {};
  std::string queue = {};
  std::string workflow = {};
  std::string group = {};  ///< the runs of that one; without it groups are shown as one line each
  std::vector<std::pair<std::string, std::string>> info = {};
  std::optional<std::size_t> limit = {};

  /// Neither all nor certain ones: what people want to see by default.
  bool is_default() const { return !all && statuses.empty() && !limit && group.empty() && info.empty(); }
  /// True for a run, or a group, that was heard of later and belongs to these.
  bool takes(const Value& run) const;
};

/// How many that have ended are shown beside those that have not.
inline constexpr std::size_t kRecentRuns = 10;

struct RunListing {
  std::vector<Value> runs;    ///< the newest last
  std::vector<Value> groups;  ///< the same
  bool has_more = false;      ///< older ones were left out

  /// Both, in order of submission.
  std::vector<Value> merged() const;
};

/// Whether the run or group `a` was submitted before `b`: the numbers in their ids go up, a group has that of
/// its first run, and stands before it.
bool is_submitted_before(std::string_view a, std::string_view b);

using DaemonCall = std::function<std::variant<Value, CallError>(std::string_view method, const Dict& params)>;

/// Fetches them, page by page; by default with `recent` of those that have ended.
std::variant<RunListing, CallError> list_runs(const RunSelection& selection, const DaemonCall& call,
                                              std::size_t recent = kRecentRuns);

}  // namespace vnode
