#include "daemon/clock_trust.h"

#include <utility>

namespace vnode {
namespace {

constexpr auto kLargeJump = std::chrono::hours(24);
constexpr auto kDoubtTime = std::chrono::hours(1);

WallTime later(WallTime wall, Duration by) {
  return wall + std::chrono::duration_cast<WallTime::duration>(by);
}

}  // namespace

void ClockTrust::begin(std::optional<WallTime> newest, const Clock& clock) {
  if (std::exchange(has_begun_, true)) return;
  const SteadyTime steady = clock.steady_now();
  last_ = {newest.value_or(clock.wall_now()), steady};
}

bool ClockTrust::is_trusted(const Clock& clock) {
  const Reading now{clock.wall_now(), clock.steady_now()};
  if (!has_begun_) begin(std::nullopt, clock);
  const WallTime expected = later(last_.wall, now.steady - last_.steady);
  if (!doubt_ && now.wall - expected > kLargeJump) doubt_ = Doubt{now.steady, expected};
  last_ = now;
  if (!doubt_) return true;
  const bool is_back = now.wall - later(doubt_->from, now.steady - doubt_->since) <= kLargeJump;
  if (is_back || now.steady - doubt_->since >= kDoubtTime) doubt_.reset();
  return !doubt_;
}

}  // namespace vnode
