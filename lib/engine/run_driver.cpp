#include "engine/run_driver.h"

#include <algorithm>

namespace vnode {
namespace {

/// How long a run may step before the view gets a chance to repaint.
constexpr auto kSlice = std::chrono::milliseconds(20);

std::optional<SteadyTime> earlier(std::optional<SteadyTime> a, std::optional<SteadyTime> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

RunDriver::RunDriver(Run& run, EventLoop& loop, EventSink& sink) : run_(run), loop_(loop), sink_(sink) {
  run_.set_wake([&loop] { loop.wake(); });
}

void RunDriver::drive(RunView* view) {
  while (!run_.poll(kSlice)) {
    if (view) view->tick();
    if (run_.has_ready()) continue;
    sink_.flush();
    loop_.wait_until(earlier(run_.next_deadline(), view ? view->next_tick() : std::nullopt));
  }
}

}  // namespace vnode
