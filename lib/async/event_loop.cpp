#include "async/event_loop.h"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <atomic>

namespace vnode {

struct EventLoop::State {
  /// Two threads at most use it at once, so that asio keeps its locks.
  asio::io_context context{2};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  std::atomic<bool> is_wake_posted = false;
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}

EventLoop::~EventLoop() = default;

void EventLoop::wake() {
  // Many wake-ups before a step are one.
  if (state_->is_wake_posted.exchange(true)) return;
  asio::post(state_->context, [state = state_.get()] { state->is_wake_posted = false; });
}

void EventLoop::wait_until(std::optional<SteadyTime> deadline) {
  if (deadline) {
    state_->context.run_one_until(*deadline);
  } else {
    state_->context.run_one();
  }
}

}  // namespace vnode
