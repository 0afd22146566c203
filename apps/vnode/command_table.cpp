#include "apps/vnode/command_table.h"

#include <algorithm>
#include <array>

namespace vnode {
namespace {

constexpr std::array kCommands = {
    Command{"run", "Run a workflow here and now", set_up_run},
    Command{"validate", "Report every problem of workflow files", set_up_validate},
    Command{"nodes", "List and describe the node types that workflows can use", set_up_nodes},
    Command{"config", "Show the settings in force, and where each comes from", set_up_config},
    Command{"schema", "Print a JSON Schema: events, workflow, node or config", set_up_schema},
};

}  // namespace

std::span<const Command> command_table() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto found =
      std::find_if(kCommands.begin(), kCommands.end(), [name](const Command& c) { return c.name == name; });
  return found == kCommands.end() ? nullptr : &*found;
}

}  // namespace vnode
