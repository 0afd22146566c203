#include "python/slot_use.h"

#include <utility>

namespace vnode {

void SlotUse::take(std::function<void()> then) {
  const ResourcePool::Turn turn =
      pool_.take(demand_, [self = shared_from_this(), then](ResourcePool::Number number) {
        self->waiting_.erase(number);
        self->on_granted(number, then);
      });
  if (turn.is_granted)
    on_granted(turn.number, then);
  else
    waiting_.insert(turn.number);
}

void SlotUse::on_granted(ResourcePool::Number number, const std::function<void()>& then) {
  // Meanwhile it may have got one for another push, or wait for one that has begun.
  if (held_ != 0 || pushes_ > 0)
    pool_.end(number);
  else
    held_ = number;
  then();
}

void SlotUse::begin_push() {
  if (pushes_++ == 0) give_back();
}

void SlotUse::end_push(std::function<void()> then) {
  if (--pushes_ > 0 || is_over_) return then();
  take(std::move(then));
}

void SlotUse::give_back() {
  if (held_ != 0) pool_.end(std::exchange(held_, 0));
}

void SlotUse::end() {
  is_over_ = true;
  for (const ResourcePool::Number number : std::exchange(waiting_, {})) pool_.end(number);
  give_back();
}

std::optional<ResourcePool::Lack> SlotUse::lack() const {
  if (waiting_.empty()) return std::nullopt;
  return pool_.lack_of(*waiting_.begin());
}

}  // namespace vnode
