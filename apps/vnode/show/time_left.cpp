#include "apps/vnode/show/time_left.h"

#include <algorithm>

namespace vnode {
namespace {

/// Before that a rate says nothing.
constexpr double kLeastSeconds = 1;
constexpr double kLeastDone = 0.001;

std::optional<double> needed(double elapsed, double done) {
  if (elapsed < kLeastSeconds || done < kLeastDone) return std::nullopt;
  return elapsed * (1 - std::min(done, 1.0)) / done;
}

}  // namespace

TimeLeft::TimeLeft(double elapsed, double done) : is_done_(done >= 1) {
  if (!is_done_) most_ = needed(elapsed, done);
}

void TimeLeft::add_node(double elapsed, double done) {
  const std::optional<double> its = needed(elapsed, done);
  if (its && (!most_ || *its > *most_)) most_ = its;
}

std::optional<double> TimeLeft::seconds() const { return is_done_ ? std::nullopt : most_; }

}  // namespace vnode
