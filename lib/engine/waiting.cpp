// Nodes that another chain is executing: rule 11.
#include <algorithm>

#include "engine/level.h"

namespace vnode {

/// Waits for an output of `node` (a pull), or for the node itself (`port` is kNoSlot, an exec trigger).
/// `granted` tells a trigger that the node is now its own. Returns at once where waiting would close a circle
/// of waiting chains.
Task<void> Level::wait_for_node(Chain& chain, Instance& node, SlotIndex port, bool& granted) {
  granted = false;
  if (closes_circle(chain, node)) co_return;
  node.rare_state().waiters.push_back({&chain, port});
  ++node.owner->waited_for;
  chain.waiting_for = &node;
  chain.waits_for = SuspendedFor::kNode;
  co_await ParkAwaiter{run_.scheduler, chain};
  chain.waits_for = SuspendedFor::kCode;
  chain.waiting_for = nullptr;
  if (run_.is_stopped()) {
    // Woken by the stop, perhaps after the node was handed over: give back either way. All others that wait
    // are woken as well, so none of them needs its place any more.
    auto& waiters = node.rare_state().waiters;
    if (node.owner) node.owner->waited_for -= waiters.size();
    waiters.clear();
    if (port == kNoSlot && node.owner == &chain) release(node);
    throw Cancelled{};
  }
  if (run_.is_stopped(chain)) {  // by itself: the others go on waiting
    auto& waiters = node.rare_state().waiters;
    const std::size_t left =
        std::erase_if(waiters, [&chain](const Waiter& waiter) { return waiter.chain == &chain; });
    if (node.owner) node.owner->waited_for -= left;
    if (port == kNoSlot && node.owner == &chain) release(node);
    throw Cancelled{};
  }
  granted = port == kNoSlot;
}

namespace {

/// True when `waiting` cannot go on before `chain` has: it waits for a node that such a chain executes, or
/// for the chains that it has started beside itself.
bool depends_on(const Chain* waiting, const Chain& chain) {
  while (waiting) {
    if (chain.is_within(waiting)) return true;
    for (const Chain* child : waiting->children) {
      if (depends_on(child, chain)) return true;
    }
    waiting = waiting->waiting_for ? waiting->waiting_for->owner : nullptr;
  }
  return false;
}

}  // namespace

/// Follows who waits for whom from the node's owner on; a chain waits for one node at a time. Only a chain
/// that somebody waits for can close a circle.
bool Level::closes_circle(const Chain& chain, const Instance& node) const {
  if (chain.waited_for == 0 && !chain.parent) return false;
  return depends_on(node.owner, chain);
}

/// From here on the chain waits for nobody, although its turn comes later: a wait for it closes no circle.
void Level::wake_waiter(Chain& chain) {
  chain.waiting_for = nullptr;
  run_.scheduler.wake(chain);
}

/// Pulls that waited for one of these go on.
template <class Wanted>
void Level::wake_waiters(Instance& node, Wanted wanted) {
  if (!node.rare) return;
  const std::size_t woken = std::erase_if(node.rare->waiters, [&](const Waiter& waiter) {
    if (!wanted(waiter)) return false;
    wake_waiter(*waiter.chain);
    return true;
  });
  if (node.owner) node.owner->waited_for -= woken;
}

/// The source has pushed that output.
void Level::wake_pulls(Instance& node, SlotIndex port) {
  wake_waiters(node, [port](const Waiter& waiter) { return waiter.port == port; });
}

/// The source has finished.
void Level::wake_all_pulls(Instance& node) {
  wake_waiters(node, [](const Waiter& waiter) { return waiter.port != kNoSlot; });
}

/// The node is free. If triggers wait for it, it goes straight to the first of them, so that no other chain
/// gets in before; that chain goes on at the end of the ready queue.
void Level::release(Instance& node) {
  wake_all_pulls(node);  // of an execution that was unwound before it could finish
  Chain* last = node.owner;
  node.owner = nullptr;
  if (!node.rare || node.rare->waiters.empty()) return;
  auto& waiters = node.rare->waiters;
  if (last) last->waited_for -= waiters.size();
  Chain& next = *waiters.front().chain;
  waiters.pop_front();
  node.owner = &next;
  next.waited_for += waiters.size();
  wake_waiter(next);
}

}  // namespace vnode
