#include <array>
#include <memory>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/schemas/config_schema.h"
#include "apps/vnode/schemas/document_schemas.h"
#include "apps/vnode/terminal/print.h"
#include "base/spelling.h"
#include "daemon/methods.h"
#include "events/event_json.h"
#include "rpc/rpc_schema.h"

namespace vnode {
namespace {

struct Schema {
  std::string_view name;
  std::string (*text)();
};

std::string protocol_schema() { return rpc_schema(method_specs()); }

constexpr std::array kSchemas = {Schema{"events", event_schema}, Schema{"workflow", workflow_schema},
                                 Schema{"node", node_schema}, Schema{"rpc", protocol_schema},
                                 Schema{"config", config_schema}};

ExitCode print_schema(const std::string& name, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const Schema& schema : kSchemas) {
    if (schema.name == name) return print(schema.text(), diagnostics);
    known.emplace_back(schema.name);
  }
  diagnostics.error(
      with_hint("there is no schema '" + name + "'", spelling_advice(name, known, "there are")));
  return kExitUsage;
}

}  // namespace

void set_up_schema(CommandSpec& command) {
  auto name = std::make_shared<std::string>();
  OptionSpec& schema = add_text(command, "NAME", *name, "", "events, workflow, node, rpc or config");
  schema.is_required = true;
  for (const Schema& known : kSchemas) schema.choices.emplace_back(known.name);
  command.action = [name](Diagnostics& diagnostics) { return print_schema(*name, diagnostics); };
}

}  // namespace vnode
