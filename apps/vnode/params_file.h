#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "engine/overrides.h"

namespace vnode {

/// Reads parameters of the form {node: {port: value}}: JSON when the name ends in .json, else YAML.
Result<std::vector<Override>> read_params_file(const std::string& path);

/// Splits NODE.PORT=VALUE at the first '='.
Result<Override> parse_parameter(const std::string& text);

}  // namespace vnode
