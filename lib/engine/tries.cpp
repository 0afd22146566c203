#include "engine/tries.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <random>

namespace vnode {

std::optional<NodeFailure> failure_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Cancelled&) {
    return std::nullopt;
  } catch (const NodeFailure& failure) {
    return failure;
  } catch (const std::bad_alloc&) {
    return NodeFailure("out of memory", "out_of_memory");
  } catch (const std::exception& error) {
    return NodeFailure(error.what());
  } catch (...) {
    return NodeFailure("the node threw something that is not an exception");
  }
}

void Tries::begin(bool counts, int used) {
  number_ += used;
  if (counts) ++number_;
  error_logs = {};
  is_expiry_taken_ = false;
  if (!limits_.has_timeouts()) return;
  scope_.emplace(chain_.scope);
  chain_.scope = &*scope_;
  own_time_.emplace(run_.scheduler, *scope_, limits_);
}

std::exception_ptr Tries::end(std::exception_ptr failure) {
  if (!own_time_) return failure;
  const bool is_cancelled = scope_->outer() && scope_->outer()->is_cancelled();
  if (!run_.is_stopped() && !is_cancelled) {
    // Whatever the code made of it: it was told to give way.
    if (const auto expiry = take_expiry()) failure = std::make_exception_ptr(*expiry);
  }
  leave_scope();
  return failure;
}

void Tries::leave_scope() {
  own_time_.reset();
  if (scope_) chain_.scope = scope_->outer();
  scope_.reset();
}

bool Tries::may_repeat(bool has_pushed) const {
  return number_ <= limits_.retries.value_or(0) && may_go_on(has_pushed);
}

bool Tries::may_go_on(bool has_pushed) const {
  if (run_.is_stopped(chain_)) return false;
  return !has_pushed || limits_.is_idempotent.value_or(false);
}

bool Tries::repeats(const NodeFailure& failure, bool has_pushed) const {
  return may_repeat(has_pushed) && limits_.retries_on(failure);
}

Duration Tries::backoff() const {
  const double first = std::chrono::duration<double>(limits_.backoff.value_or(kDefaultBackoff)).count();
  const double most = std::chrono::duration<double>(limits_.backoff_max.value_or(kDefaultBackoffMax)).count();
  const double seconds = std::min(first * std::pow(2.0, number_ - 1), most);
  const double jitter = std::uniform_real_distribution<double>(0.8, 1.2)(run_.jitter());
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds * jitter));
}

std::optional<NodeFailure> Tries::take_expiry() {
  if (!own_time_ || is_expiry_taken_) return std::nullopt;
  std::optional<NodeFailure> expiry = own_time_->expiry();
  if (!expiry) return std::nullopt;
  is_expiry_taken_ = true;
  scope_->reopen();
  return expiry;
}

}  // namespace vnode
