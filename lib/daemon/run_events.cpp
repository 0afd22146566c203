#include "daemon/run_events.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <system_error>
#include <thread>

namespace vnode {

EventFileEnd find_event_file_end(const std::string& path) {
  if (Result<EventFileEnd> inspected = inspect_event_file(path); inspected) return std::move(*inspected);
  EventFileEnd end;
  std::error_code ignored;  // shows when the file is opened
  const std::uintmax_t size = std::filesystem::file_size(path, ignored);
  if (!ignored) end.size = size;
  return end;
}

RunEvents::RunEvents(std::string path, const std::string& run_id, EventFileEnd end,
                     std::size_t max_value_bytes, std::function<void()> on_grown)
    : path_(path),
      on_grown_(std::move(on_grown)),
      formatter_(max_value_bytes),
      file_(std::move(path), run_id, std::move(end)) {}

RunEvents::~RunEvents() {
  if (is_closed_) file_.give_up();
}

void RunEvents::set_flusher(DelayedFlush* flusher, std::weak_ptr<RunEvents> self) {
  flusher_ = flusher;
  self_ = std::move(self);
}

void RunEvents::on_event(const Event& event) {
  const auto* finished = std::get_if<ExecutionFinished>(&event.body);
  if (finished && is_followed_ && is_followed_(*finished)) return;
  std::unique_lock lock(mutex_);
  if (finished && !held_back_) {
    file_.flush();
    held_back_ = file_.published();
  }
  line_.clear();
  formatter_.append_line(line_, event);
  file_.append(line_, event.seq);
  const bool asks = flusher_ && !is_waiting_;
  is_waiting_ = is_waiting_ || asks;
  lock.unlock();
  if (asks) flusher_->ask(self_);
}

void RunEvents::hold_all() {
  const std::lock_guard lock(mutex_);
  held_back_ = file_.published();
}

void RunEvents::flush() {
  std::unique_lock lock(mutex_);
  is_waiting_ = false;
  if (!is_closed_) file_.flush();
  const std::uint64_t size = file_.published();
  const bool grew = std::exchange(told_size_, size) != size;
  lock.unlock();
  if (grew) tell_growth();
}

Result<void> RunEvents::close() {
  flush();
  std::unique_lock lock(mutex_);
  if (!std::exchange(is_closed_, true)) file_.close();
  // The next attempt writes to the same file.
  if (!held_back_) file_.give_up();
  const std::optional<Error> failure = file_.error();
  lock.unlock();
  tell_growth();
  return failure ? Result<void>(*failure) : Result<void>();
}

void RunEvents::tell_growth() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_growth_told_, true)) return;
  }
  on_grown_();
}

std::uint64_t RunEvents::visible() {
  const std::lock_guard lock(mutex_);
  is_growth_told_ = false;
  const std::uint64_t size = file_.published();
  return held_back_ && !is_released_ ? std::min(*held_back_, size) : size;
}

void RunEvents::release() {
  const std::lock_guard lock(mutex_);
  is_released_ = true;
  // The store can be written again, so perhaps this can, too.
  if (is_closed_ && file_.error()) file_.close();
}

std::uint64_t RunEvents::size() const {
  const std::lock_guard lock(mutex_);
  return file_.published();
}

std::uint64_t RunEvents::last_seq() const {
  const std::lock_guard lock(mutex_);
  return file_.last_seq();
}

std::optional<Error> RunEvents::error() const {
  const std::lock_guard lock(mutex_);
  return file_.error();
}

struct DelayedFlush::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::pair<std::chrono::steady_clock::time_point, std::weak_ptr<RunEvents>>> waiting;
  bool is_ending = false;
  std::thread thread;

  void work() {
    std::unique_lock lock(mutex);
    while (!is_ending) {
      if (waiting.empty()) {
        wake.wait(lock);
        continue;
      }
      const auto at = waiting.front().first;
      if (std::chrono::steady_clock::now() < at) {
        wake.wait_until(lock, at, [this] { return is_ending; });
        continue;
      }
      const std::weak_ptr<RunEvents> events = std::move(waiting.front().second);
      waiting.pop_front();
      lock.unlock();
      if (const auto alive = events.lock()) alive->flush();
      lock.lock();
    }
  }
};

DelayedFlush::DelayedFlush() : state_(std::make_unique<State>()) {}

DelayedFlush::~DelayedFlush() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->wake.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
}

void DelayedFlush::ask(std::weak_ptr<RunEvents> events) {
  constexpr auto kDelay = std::chrono::milliseconds(30);
  const std::lock_guard lock(state_->mutex);
  if (!state_->thread.joinable()) {
    try {
      state_->thread = std::thread([this] { state_->work(); });
    } catch (const std::system_error&) {
      return;  // the system gives no more threads: those events are flushed with the ones that come later
    }
  }
  const bool was_idle = state_->waiting.empty();
  state_->waiting.emplace_back(std::chrono::steady_clock::now() + kDelay, std::move(events));
  if (was_idle) state_->wake.notify_all();
}

}  // namespace vnode
