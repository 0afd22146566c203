#pragma once

#include <string>

#include "apps/vnode/options/command_spec.h"

namespace vnode {

/// The manual page of one command ("vnode-run.1"), its subcommands in it, in the macros of man(7).
std::string command_page(const CommandSpec& command);

/// That of the program ("vnode.1"): its commands, exit codes, variables and files.
std::string program_page(const CommandSpec& program);

}  // namespace vnode
