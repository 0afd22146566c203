#include <memory>
#include <string>
#include <vector>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/completion/shell_scripts.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"

namespace vnode {

void set_up_completion(CommandSpec& command) {
  auto chosen = std::make_shared<std::string_view>();
  std::vector<std::string> shells;
  for (const ShellScript& script : shell_scripts()) shells.emplace_back(script.shell);
  OptionSpec& shell = add_choice(command, "SHELL", shells, "Whose script: bash, zsh or fish",
                                 [chosen](std::size_t index) { *chosen = shell_scripts()[index].script; });
  shell.type_name = "";
  shell.is_required = true;
  command.action = [chosen](Diagnostics& diagnostics) { return print(*chosen, diagnostics); };
}

}  // namespace vnode
