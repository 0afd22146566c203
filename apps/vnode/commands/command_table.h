#pragma once

#include <span>
#include <string_view>

#include "apps/vnode/options/command_spec.h"

namespace vnode {

/// One command of the program. Help, spelling hints and dispatch come from the table.
struct Command {
  std::string_view name;
  std::string_view summary;
  /// Declares options, arguments, subcommands and what to do with them; what they fill lives as long as the
  /// actions.
  void (*set_up)(CommandSpec& command);
};

std::span<const Command> command_table();

/// Null when there is none of that name.
const Command* find_command(std::string_view name);

/// All that is known of a command's words, its examples included.
CommandSpec command_spec(const Command& command);

/// The program as a command whose subcommands are those of the table.
CommandSpec program_spec();

// One file a command: NAME_command.cpp.
void set_up_run(CommandSpec& command);
void set_up_validate(CommandSpec& command);
void set_up_graph(CommandSpec& command);
void set_up_export(CommandSpec& command);
void set_up_retry(CommandSpec& command);
void set_up_report(CommandSpec& command);
void set_up_inspect(CommandSpec& command);
void set_up_convert(CommandSpec& command);
void set_up_init(CommandSpec& command);
void set_up_nodes(CommandSpec& command);
void set_up_config(CommandSpec& command);
void set_up_schema(CommandSpec& command);
void set_up_serve(CommandSpec& command);
void set_up_submit(CommandSpec& command);
void set_up_ps(CommandSpec& command);
void set_up_show(CommandSpec& command);
void set_up_result(CommandSpec& command);
void set_up_events(CommandSpec& command);
void set_up_logs(CommandSpec& command);
void set_up_wait(CommandSpec& command);
void set_up_cancel(CommandSpec& command);
void set_up_pause(CommandSpec& command);
void set_up_unpause(CommandSpec& command);
void set_up_clear(CommandSpec& command);
void set_up_explain(CommandSpec& command);
void set_up_queue(CommandSpec& command);
void set_up_info(CommandSpec& command);
void set_up_journal(CommandSpec& command);
void set_up_cache(CommandSpec& command);
void set_up_shutdown(CommandSpec& command);
void set_up_completion(CommandSpec& command);
void set_up_man(CommandSpec& command);

}  // namespace vnode
