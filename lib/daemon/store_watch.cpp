#include "daemon/store_watch.h"

#include <chrono>
#include <utility>

namespace vnode {
namespace {

constexpr auto kEvery = std::chrono::seconds(2);
/// What was moved away by mistake can be put back in this time.
constexpr auto kPatience = std::chrono::seconds(5);

}  // namespace

void StoreWatch::look() {
  const auto query = [](RunStore& store) -> Result<bool> {
    if (const Result<void> checked = store.check(); !checked) return checked.error();
    return true;
  };
  parts_.store.read<bool>(query, [this](Result<bool> checked) {
    take(checked ? Result<void>() : Result<void>(checked.error()));
    parts_.timers.add(parts_.clock.steady_now() + kEvery, [this] { look(); });
  });
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
