#pragma once

#include <vector>

#include "apps/vnode/completion/candidates.h"
#include "apps/vnode/settings/settings.h"
#include "base/clock.h"

namespace vnode {

/// A daemon that has not answered by then is not there: the program ends, and nothing is suggested.
inline constexpr Duration kDaemonPatience = std::chrono::milliseconds(100);

/// What an id can be one of.
enum class IdKinds { kRuns, kGroups, kBoth };

/// Runs and groups (the newest first, at most 200 of each) and queues of the daemon that the settings name.
/// Starts none.
std::vector<Candidate> run_candidates(const SettingFlags& flags, IdKinds kinds);
std::vector<Candidate> queue_candidates(const SettingFlags& flags);

/// The workflow of a run or a group, as it was submitted: a path; empty when nobody knows.
std::string workflow_of_run(const SettingFlags& flags, std::string_view run_id);

}  // namespace vnode
