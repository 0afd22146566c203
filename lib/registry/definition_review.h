#pragma once

#include "model/problem.h"
#include "model/value.h"

namespace vnode {

/// What a definition says that loads, and yet is not what its author can have meant, with pointers into the
/// document. Errors: bad_limit (a workflow that uses it is refused). Warnings:
/// repeated_port (the first one counts), unknown_port_type (it goes with everything, as "any"), unknown_key
/// (it means nothing).
Problems review_definition(const Value& document);

}  // namespace vnode
