#pragma once

#include <functional>
#include <vector>

#include "events/event.h"

namespace vnode::test {

/// An event with fixed seq, time (2026-01-02T03:04:05.678901Z) and run id.
Event sample_event(EventBody body);
/// The same about a node.
Event sample_node_event(EventBody body, std::span<const Uuid> path = {});

/// Calls `use` with one event of every type, all fields filled in, and with the sparse form of those that
/// have optional fields.
void for_each_sample_event(const std::function<void(const Event&)>& use);

}  // namespace vnode::test
