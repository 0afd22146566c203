#include "async/timer_queue.h"

namespace vnode {

TimerQueue::Id TimerQueue::add(SteadyTime at, std::function<void()> function) {
  const Id id = ++last_;
  timers_.emplace(std::pair(at, id), std::move(function));
  times_.emplace(id, at);
  return id;
}

void TimerQueue::cancel(Id id) {
  const auto time = times_.find(id);
  if (time == times_.end()) return;
  timers_.erase({time->second, id});
  times_.erase(time);
}

std::optional<SteadyTime> TimerQueue::next() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

void TimerQueue::run_due(SteadyTime now) {
  const Id newest = last_;
  // From the front again each time: the functions may have changed the queue. What they have added is passed
  // over, and stays.
  auto timer = timers_.begin();
  while (timer != timers_.end() && timer->first.first <= now) {
    if (timer->first.second > newest) {
      ++timer;
      continue;
    }
    const std::function<void()> function = std::move(timer->second);
    times_.erase(timer->first.second);
    timers_.erase(timer);
    function();
    timer = timers_.begin();
  }
}

}  // namespace vnode
