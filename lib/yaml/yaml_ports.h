#pragma once

#include <string_view>
#include <vector>

#include "model/node_definition.h"

/// What YAML workflows take the ports of nodes for; the same when they are read and when they are written.
namespace vnode {

/// Ports on which a plain scalar is the text as written (people.md, Y2).
bool is_text_port(const Port& port);

/// The exec port that is meant when none is named: `usual`, or the only one; null: neither.
const Port* only_exec_port(const std::vector<Port>& ports, std::string_view usual);

/// Python code tells its ports only when it runs: it may have those whose names are in it, and any when it
/// restores them.
bool code_may_have(const NodeDefinition& definition, std::string_view port);

}  // namespace vnode
