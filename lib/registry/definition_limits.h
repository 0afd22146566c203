#pragma once

#include "model/problem.h"
#include "node/node_limits.h"

namespace vnode {

/// The limits that a definition sets for its nodes (engine rule 35). What is wrong in them, and what is not
/// applied, is a problem with its pointer into the document: nobody may count on a limit that is not there.
/// Codes: bad_limit. Limits of the processes of a command are its own (lib/command).
NodeLimits definition_limits(const Value& document, Problems& problems);

}  // namespace vnode
