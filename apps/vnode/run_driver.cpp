#include "apps/vnode/run_driver.h"

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

void drive(Run& run, EventLoop& loop, EventSink& sink, PrettyView* view) {
  run.set_wake([&loop] { loop.wake(); });
  while (!run.poll(kSlice)) {
    if (view) view->tick();
    if (run.has_ready()) continue;
    sink.flush();
    loop.wait_until(earlier(run.next_deadline(), view ? view->next_tick() : std::nullopt));
  }
}

}  // namespace vnode
