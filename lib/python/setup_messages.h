#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/port.h"
#include "node/node_type.h"
#include "python/message.h"

namespace vnode {

/// The messages that come before anything is executed (protocol.md), for whoever makes instances.

/// What a host is told first of all. `directory`: where it is; empty: where it has to be. Without a folder of
/// the run's own it works in the calling thread's.
Message begin_message(std::string_view run_id, int attempt, const RunEnvironment& environment,
                      std::optional<std::uint64_t> memory, const std::string& directory,
                      bool is_recorded = false);

/// `number` is what the host is to call the definition.
Message load_message(const NodeType& type, std::uint64_t number);

/// The ports of one side, as `made` lists them.
std::vector<Port> read_ports(const Value& list, ObjectTable& objects);

}  // namespace vnode
