#include "engine/slots.h"

#include <utility>

namespace vnode {

bool Slots::try_take() {
  if (free_ == 0) return false;
  --free_;
  return true;
}

void Slots::take(std::function<void()> granted) {
  if (try_take()) return granted();
  waiting_.push_back(std::move(granted));
}

void Slots::give_back() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  const std::function<void()> granted = std::move(waiting_.front());
  waiting_.pop_front();
  granted();
}

}  // namespace vnode
