#pragma once

#include <string>

#include "model/workflow.h"

namespace vnode {

/// "NODE has no output "x": EFFECT": of a wire that leaves, or else leads to, a port that the node does not
/// have, with what the wire does all the same (workflow_format, section 4).
std::string missing_port_text(const NodeInstance& node, const Connection& connection, bool is_source);

}  // namespace vnode
