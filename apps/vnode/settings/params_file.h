#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/override.h"

namespace vnode {

/// Reads parameters of the form {node: {port: value}}, and of the workflow itself {name: value}: JSON when
/// the name ends in .json, else YAML.
Result<std::vector<Override>> read_params_file(const std::string& path);

/// Splits NODE.PORT=VALUE, or NAME=VALUE, at the first '='.
Result<Override> parse_parameter(const std::string& text);

/// Those of the file, unless its name is empty, then those of the texts.
Result<std::vector<Override>> read_parameters(const std::string& file, const std::vector<std::string>& texts);

}  // namespace vnode
