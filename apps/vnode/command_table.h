#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "apps/vnode/diagnostics.h"
#include "apps/vnode/exit_code.h"

namespace CLI {
class App;
}

namespace vnode {

/// What a command does once its options have been read.
using CommandAction = std::function<ExitCode(Diagnostics&)>;

/// One command of the program. Help, spelling hints and dispatch come from the table.
struct Command {
  std::string_view name;
  std::string_view summary;
  /// Declares options and arguments, and returns what to do with them; they live as long as the action.
  CommandAction (*set_up)(CLI::App& app);
};

std::span<const Command> command_table();

/// Null when there is none of that name.
const Command* find_command(std::string_view name);

// One file a command: NAME_command.cpp.
CommandAction set_up_run(CLI::App& app);
CommandAction set_up_validate(CLI::App& app);
CommandAction set_up_nodes(CLI::App& app);
CommandAction set_up_config(CLI::App& app);
CommandAction set_up_schema(CLI::App& app);
CommandAction set_up_serve(CLI::App& app);
CommandAction set_up_submit(CLI::App& app);
CommandAction set_up_ps(CLI::App& app);
CommandAction set_up_show(CLI::App& app);
CommandAction set_up_events(CLI::App& app);
CommandAction set_up_wait(CLI::App& app);
CommandAction set_up_cancel(CLI::App& app);
CommandAction set_up_clear(CLI::App& app);
CommandAction set_up_explain(CLI::App& app);
CommandAction set_up_queue(CLI::App& app);
CommandAction set_up_info(CLI::App& app);
CommandAction set_up_shutdown(CLI::App& app);

}  // namespace vnode
