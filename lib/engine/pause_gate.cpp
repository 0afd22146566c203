#include "engine/pause_gate.h"

#include <utility>

namespace vnode {

void PauseGate::open() {
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    const auto current = next++;
    if (current->chain) {
      scheduler_.wake(*current->chain);  // which takes itself away
    } else {
      scheduler_.enqueue(std::move(current->runnable));
      waiting_.erase(current);
    }
  }
}

}  // namespace vnode
