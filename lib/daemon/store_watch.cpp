#include "daemon/store_watch.h"

#include <utility>

#include "daemon/look_times.h"

namespace vnode {
namespace {

/// What was moved away by mistake can be put back in this time.
constexpr auto kPatience = std::chrono::seconds(5);

}  // namespace

void StoreWatch::look() {
  if (is_looking_) {
    is_wanted_ = true;
    return;
  }
  is_looking_ = true;
  parts_.timers.cancel(std::exchange(timer_, 0));
  watch();
  const auto query = [](RunStore& store) -> Result<bool> {
    if (const Result<void> checked = store.check(); !checked) return checked.error();
    return true;
  };
  parts_.store.read<bool>(query, [this](Result<bool> checked) {
    is_looking_ = false;
    take(checked ? Result<void>() : Result<void>(checked.error()));
    // (What was put back is watched from the next look on.)
    const bool is_well = checked && watch_ && watch_->is_whole();
    const SteadyTime now = parts_.clock.steady_now();
    if (timer_ == 0) look_at(is_well ? next_rare_look(now) : now + kOftenLooked);
    if (std::exchange(is_wanted_, false)) look();
  });
}

void StoreWatch::look_often() {
  if (!is_looking_) look_at(parts_.clock.steady_now() + kOftenLooked);
}

void StoreWatch::look_at(SteadyTime at) {
  parts_.timers.cancel(timer_);
  timer_ = parts_.timers.add(at, [this] { look(); });
}

void StoreWatch::watch() {
  if (!parts_.watch_folder || (watch_ && watch_->is_whole())) return;
  watch_ = parts_.watch_folder([this] { look(); });
}

void StoreWatch::take(const Result<void>& checked) {
  parts_.on_checked(checked);
  const bool is_lost = !checked && checked.error().code == ErrorCode::kUnavailable;
  if (!is_lost) return lost_since_.reset();
  const SteadyTime now = parts_.clock.steady_now();
  if (!lost_since_) lost_since_ = now;
  if (now - *lost_since_ < kPatience || !parts_.is_idle()) return;
  if (!std::exchange(has_told_, true)) parts_.on_lost();
}

}  // namespace vnode
