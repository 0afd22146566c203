#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "command/command_definition.h"
#include "model/port.h"
#include "model/problem.h"
#include "model/value.h"

namespace vnode {

/// What reading the members of a command's definition led to.
struct CommandReading {
  std::shared_ptr<const CommandDefinition> command;  ///< null when there are problems
  Problems problems;                                 ///< all of them, with pointers into the document
};

/// All that a definition with `command` may have.
std::span<const std::string_view> command_members();

/// Reads what a definition document with `command` says beside its ports, which are given as it declares
/// them.
CommandReading read_command(const Dict& document, const std::vector<Port>& inputs,
                            const std::vector<Port>& outputs);

/// The names of ports themselves, where a command's definition cannot have them: nothing would fill an
/// output, or an input would hide one that every command has.
void check_command_ports(const CommandDefinition& command, const std::vector<Port>& inputs,
                         const std::vector<Port>& outputs, Problems& problems);

}  // namespace vnode
