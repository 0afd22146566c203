#pragma once

#include <string>
#include <vector>

#include "model/value.h"

namespace vnode {

/// How many runs of a group are told of one by one.
inline constexpr std::size_t kMostRunsTold = 10;

/// Which runs say why a group stands as it does: those that have not ended well; before there are any, and
/// while none runs, the pending ones. Statuses, as `run.list` takes them; empty: the group says it all.
std::vector<std::string> telling_statuses(const Value& group);

/// What has become of a group, for people: its counts, and a line for each of `runs`, the oldest first (the
/// daemon lists the newest first).
std::string group_story_text(const Value& group, const std::vector<Value>& runs);

/// The same for programs.
Value group_story_value(const Value& group, const std::vector<Value>& runs);

}  // namespace vnode
