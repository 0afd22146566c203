#include "engine/own_time.h"

#include <algorithm>

#include "base/duration_text.h"

namespace vnode {

OwnTime::OwnTime(Scheduler& scheduler, CancelScope& scope, const NodeLimits& limits)
    : scheduler_(scheduler), scope_(scope), limits_(limits), resumed_(scheduler.run_time().now()) {
  arm();
}

OwnTime::~OwnTime() { end(); }

Duration OwnTime::own() const {
  return pauses_ > 0 ? before_ : before_ + (scheduler_.run_time().now() - resumed_);
}

void OwnTime::pause() {
  hold();
  if (!is_over_) last_sign_ = before_;
}

void OwnTime::hold() {
  if (is_over_) return;
  if (pauses_ == 0) {
    before_ = own();
    scheduler_.clear_alarm(*this);
  }
  ++pauses_;
}

void OwnTime::resume() {
  if (is_over_ || --pauses_ > 0) return;
  resumed_ = scheduler_.run_time().now();
  arm();
}

void OwnTime::touch() {
  if (limits_.idle_timeout && !is_over_) last_sign_ = own();  // looked at when the alarm rings
}

void OwnTime::look() {
  if (!is_over_ && pauses_ == 0) ring();
}

void OwnTime::end() {
  is_over_ = true;
  scheduler_.clear_alarm(*this);
}

void OwnTime::arm() {
  Duration left = Duration::max();
  if (limits_.timeout) left = std::min(left, *limits_.timeout - before_);
  if (limits_.idle_timeout) left = std::min(left, last_sign_ + *limits_.idle_timeout - before_);
  scheduler_.set_alarm(*this, resumed_ + std::max(left, Duration::zero()));
}

void OwnTime::ring() {
  const Duration now = own();
  if (limits_.timeout && now >= *limits_.timeout) {
    passed_ = Passed::kTimeout;
  } else if (limits_.idle_timeout && now >= last_sign_ + *limits_.idle_timeout) {
    passed_ = Passed::kIdleTimeout;
  } else {
    return arm();
  }
  end();
  scheduler_.cancel(scope_);
}

std::optional<NodeFailure> OwnTime::expiry() const {
  if (passed_ == Passed::kTimeout) {
    return NodeFailure("it took longer than its timeout of " + duration_text(*limits_.timeout),
                       std::string(kTimeoutFailure));
  }
  if (passed_ == Passed::kIdleTimeout) {
    return NodeFailure(
        "it gave no sign of life for its idle timeout of " + duration_text(*limits_.idle_timeout),
        std::string(kIdleTimeoutFailure));
  }
  return std::nullopt;
}

}  // namespace vnode
