// Nodes that another chain is executing: rule 11.
#include <algorithm>

#include "engine/executor.h"

namespace vnode {

/// Waits for an output of `node` (a pull), or for the node itself (`port` is kNoSlot, an exec trigger).
/// `granted` tells a trigger that the node is now its own. Returns at once where waiting would close a circle
/// of waiting chains.
Task<void> Executor::wait_for_node(Chain& chain, Instance& node, SlotIndex port, bool& granted) {
  granted = false;
  if (closes_circle(chain, node)) co_return;
  node.rare_state().waiters.push_back({&chain, port});
  chain.waiting_for = &node;
  co_await ParkAwaiter{run_.scheduler, chain};
  chain.waiting_for = nullptr;
  if (run_.is_stopped()) {
    // Woken by the stop, perhaps after the node was handed over: give back either way.
    auto& waiters = node.rare_state().waiters;
    std::erase_if(waiters, [&chain](const Waiter& waiter) { return waiter.chain == &chain; });
    if (port == kNoSlot && node.owner == &chain) release(node);
    throw Cancelled{};
  }
  granted = port == kNoSlot;
}

/// Follows who waits for whom from the node's owner on; a chain waits for one node at a time.
bool Executor::closes_circle(const Chain& chain, const Instance& node) const {
  const Chain* owner = node.owner;
  while (owner) {
    if (owner == &chain) return true;
    owner = owner->waiting_for ? owner->waiting_for->owner : nullptr;
  }
  return false;
}

/// From here on the chain waits for nobody, although its turn comes later: a wait for it closes no circle.
void Executor::wake_waiter(Chain& chain) {
  chain.waiting_for = nullptr;
  run_.scheduler.wake(chain);
}

/// The source has pushed that output: pulls that waited for it go on.
void Executor::wake_pulls(Instance& node, SlotIndex port) {
  if (!node.rare) return;
  auto& waiters = node.rare->waiters;
  for (auto waiter = waiters.begin(); waiter != waiters.end();) {
    if (waiter->port == port) {
      wake_waiter(*waiter->chain);
      waiter = waiters.erase(waiter);
    } else {
      ++waiter;
    }
  }
}

/// The source has finished.
void Executor::wake_all_pulls(Instance& node) {
  if (!node.rare) return;
  auto& waiters = node.rare->waiters;
  for (auto waiter = waiters.begin(); waiter != waiters.end();) {
    if (waiter->port != kNoSlot) {
      wake_waiter(*waiter->chain);
      waiter = waiters.erase(waiter);
    } else {
      ++waiter;
    }
  }
}

/// The node is free. If triggers wait for it, it goes straight to the first of them, so that no other chain
/// gets in before; that chain goes on at the end of the ready queue.
void Executor::release(Instance& node) {
  node.owner = nullptr;
  if (!node.rare) return;
  wake_all_pulls(node);  // of an execution that was unwound before it could finish
  auto& waiters = node.rare->waiters;
  if (waiters.empty()) return;
  Chain& next = *waiters.front().chain;
  waiters.pop_front();
  node.owner = &next;
  wake_waiter(next);
}

}  // namespace vnode
