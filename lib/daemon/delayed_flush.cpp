#include "daemon/delayed_flush.h"

#include <mutex>
#include <utility>
#include <vector>

#include "async/timer_queue.h"
#include "async/worker_pool.h"
#include "daemon/run_event_log.h"

namespace vnode {
namespace {

using WaitingEvents = std::vector<std::weak_ptr<RunEventLog>>;

constexpr auto kFlushDelay = std::chrono::milliseconds(30);

void flush_all(const WaitingEvents& all) {
  for (const std::weak_ptr<RunEventLog>& one : all) {
    if (const auto events = one.lock()) events->flush();
  }
}

}  // namespace

/// What has been posted, and the timer, may come when the flusher is gone.
struct DelayedFlush::State {
  const Parts parts;
  std::mutex mutex;
  WaitingEvents waiting;  ///< none: no timer is set, nor about to be

  /// Those that asked while the timer ran are flushed a little early.
  void hand_over() {
    WaitingEvents due;
    {
      const std::lock_guard lock(mutex);
      due.swap(waiting);
    }
    parts.workers.submit([due = std::move(due)] { flush_all(due); });
  }
};

DelayedFlush::DelayedFlush(Parts parts) : state_(new State{.parts = std::move(parts)}) {}

DelayedFlush::~DelayedFlush() = default;

void DelayedFlush::ask(std::weak_ptr<RunEventLog> events) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(std::move(events));
    if (state_->waiting.size() > 1) return;
  }
  state_->parts.post([weak = std::weak_ptr(state_)] {
    const auto state = weak.lock();
    if (!state) return;
    state->parts.timers.add(state->parts.clock.steady_now() + kFlushDelay, [weak] {
      if (const auto alive = weak.lock()) alive->hand_over();
    });
  });
}

}  // namespace vnode
