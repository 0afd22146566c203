#include "python/slot_use.h"

#include <utility>

namespace vnode {

void SlotUse::take(std::function<void()> then) {
  run_.take_slot([self = shared_from_this(), then = std::move(then)] {
    // Meanwhile it may be over, have got one for another push, or wait for one that has begun.
    if (self->is_over_ || self->has_slot_ || self->pushes_ > 0) {
      self->run_.give_slot();
    } else {
      self->has_slot_ = true;
    }
    if (!self->is_over_) then();
  });
}

void SlotUse::begin_push() {
  if (pushes_++ == 0 && std::exchange(has_slot_, false)) run_.give_slot();
}

void SlotUse::end_push(std::function<void()> then) {
  if (--pushes_ > 0 || is_over_) return then();
  take(std::move(then));
}

void SlotUse::end() {
  is_over_ = true;
  if (std::exchange(has_slot_, false)) run_.give_slot();
}

}  // namespace vnode
