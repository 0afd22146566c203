#pragma once

#include <string>

#include "base/error.h"
#include "command/command_definition.h"
#include "command/command_output.h"
#include "model/value.h"

namespace vnode {

/// Value of the output that `source` (number `index` of its definition) fills. `path`: its path or pattern
/// with values in it; `directory`: of the command. Reads files. Errors, in words: a file that is not there or
/// cannot be read, text that is not JSON.
Result<Value> output_value(const OutputSource& source, std::size_t index, const std::string& path,
                           const std::string& directory, const CommandOutput& output);

/// A value as part of a pattern of `glob`: itself, whatever it is.
std::string escape_glob(std::string_view text);

}  // namespace vnode
