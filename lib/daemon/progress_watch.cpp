#include "daemon/progress_watch.h"

#include <utility>
#include <vector>

#include "daemon/daemon.h"
#include "daemon/run_book.h"

namespace vnode {

ProgressWatch::~ProgressWatch() { core_.timers.cancel(timer_); }

void ProgressWatch::look_later() {
  if (timer_ != 0 || !callbacks_.is_watched()) return;
  timer_ = core_.timers.add(core_.services.clock.steady_now() + kTellEvery, [this] {
    timer_ = 0;
    look();
  });
}

void ProgressWatch::look() {
  std::unordered_map<std::string, RunTally::Counts> before = std::exchange(told_, {});
  const std::vector<const LiveRun*> executing = core_.book.executing();
  std::vector<const LiveRun*> changed;
  for (const LiveRun* run : executing) {
    if (!run->events) continue;
    const RunTally::Counts counts = run->events->tally();
    const auto last = before.find(run->row.id);
    if (counts != (last == before.end() ? RunTally::Counts() : last->second)) changed.push_back(run);
    told_.emplace(run->row.id, counts);
  }
  for (const LiveRun* run : changed) callbacks_.tell(*run);
  if (!executing.empty()) look_later();
}

}  // namespace vnode
