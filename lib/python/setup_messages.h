#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/port.h"
#include "node/node_type.h"
#include "python/message.h"

namespace vnode {

/// The messages that come before anything is executed (protocol.md), for whoever makes instances.

/// What a host is told first of all. It works in the folder of this program.
Message begin_message(std::string_view run_id, int attempt, const RunEnvironment& environment,
                      std::optional<std::uint64_t> memory);

/// `number` is what the host is to call the definition.
Message load_message(const NodeType& type, std::uint64_t number);

/// The ports of one side, as `made` lists them.
std::vector<Port> read_ports(const Value& list, ObjectTable& objects);

}  // namespace vnode
