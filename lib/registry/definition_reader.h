#pragma once

#include <string_view>

#include "base/error.h"
#include "model/node_definition.h"

namespace vnode {

/// Reads one definition document (python_nodes.md, section 2): unknown keys are ignored, a wrong type rejects
/// it. The ports come out as the definition's instances have them: exec pins in front, of ports with one name
/// the first, outputs without declared default. Errors: kBadJson; kBadDocument with the key in the message
/// and a JSON pointer to it.
Result<NodeDefinition> read_definition(std::string_view text);

/// The same for a document that is already a value.
Result<NodeDefinition> read_definition_document(const Value& document);

}  // namespace vnode
