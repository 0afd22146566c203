#pragma once

#include <string>

namespace vnode {

/// The JSON Schema of vnode.yaml.
std::string config_schema();

}  // namespace vnode
