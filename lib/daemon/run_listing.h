#pragma once

#include <functional>
#include <vector>

#include "daemon/core.h"
#include "daemon/reply.h"
#include "daemon/run_row_text.h"

namespace vnode {

/// A run as it was when it was looked at: all that a reply shows of it.
struct ShownRun {
  RunRow row;
  LiveView live;
};

/// Owner's thread. `row` is as the store had it; nullopt where that is older than what has been told since:
/// neither has the run ended in it, nor is it live.
std::optional<ShownRun> shown_run(const DaemonCore& core, const RunRow& row);

/// Answers with `result`, then calls `done`. One of more than a few items is written down on another thread:
/// a thousand runs take longer than others should wait. Owner's thread, but `result`: any.
void reply_with(DaemonCore& core, std::size_t items, std::function<Value()> result, const Reply& reply,
                std::function<void()> done = {});

/// As a list in a reply.
Value list_of(const std::vector<ShownRun>& runs);

}  // namespace vnode
