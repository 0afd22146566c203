#pragma once

#include <string>

namespace vnode {

/// JSON Schemas of the documents that people write. They describe what should be written; the readers accept
/// more (workflow_format.md, section 1).
std::string workflow_schema();
std::string node_schema();

}  // namespace vnode
