#include "async/event_loop.h"

#include <asio/post.hpp>
#include <utility>

#include "async/event_loop_state.h"

namespace vnode {
namespace {

/// What is ready is done in one wait, as each wait costs its caller a step; but no more than this, as the
/// caller has other things to do.
constexpr int kMostHandlers = 64;

}  // namespace

bool EventLoop::State::end_turn() {
  ++turn;
  if (unfinished.empty()) return false;
  std::vector<std::shared_ptr<Unfinished>> ending = std::exchange(unfinished, {});
  for (const std::shared_ptr<Unfinished>& one : ending) one->on_turn_end();
  ending.clear();
  if (unfinished.empty()) unfinished = std::move(ending);  // keeps the room
  return true;
}

bool EventLoop::State::is_near(SteadyTime deadline) {
  // asio's waits with a time limit wake up once a second.
  return deadline < std::chrono::steady_clock::now() + std::chrono::seconds(1);
}

void EventLoop::State::arm(SteadyTime deadline) {
  if (alarm_at == deadline) return;
  alarm_at = deadline;
  alarm.expires_at(deadline);
  alarm.async_wait([this](const asio::error_code& error) {
    if (!error) alarm_at.reset();
  });
}

std::unique_ptr<char[]> EventLoop::State::take_read_buffer() {
  // It is not there while another socket's callback waits on this loop in its turn.
  if (!read_buffer) return std::unique_ptr<char[]>(new char[kReadSize]);
  return std::move(read_buffer);
}

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}

// Before the context, which the sockets in it need.
EventLoop::~EventLoop() { state_->unfinished.clear(); }

void EventLoop::wake() {
  // Many wake-ups before a step are one.
  if (state_->is_wake_posted.exchange(true)) return;
  asio::post(state_->context, [state = state_.get()] {
    state->is_wake_posted = false;
    state->is_woken = true;
  });
}

void EventLoop::post(std::function<void()> job) { asio::post(state_->context, std::move(job)); }

void EventLoop::wait_until(std::optional<SteadyTime> deadline) {
  State& state = *state_;
  state.is_woken = false;
  // What was told at the end of the turn may have given the caller something to do.
  if (!state.end_turn()) {
    if (deadline && state.is_near(*deadline)) {
      state.context.run_one_until(*deadline);
    } else {
      if (deadline) state.arm(*deadline);
      state.context.run_one();
    }
  }
  for (int i = 0; i < kMostHandlers && !state.is_woken && state.context.poll_one() > 0; ++i) continue;
  state.end_turn();
}

}  // namespace vnode
