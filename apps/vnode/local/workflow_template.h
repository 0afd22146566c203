#pragma once

#include <string>

namespace vnode {

/// A workflow to start from, as YAML with comments that say how to go on. It runs as it is.
std::string workflow_template(const std::string& name);

}  // namespace vnode
