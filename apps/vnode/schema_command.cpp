#include <array>
#include <memory>

#include "apps/vnode/command_table.h"
#include "apps/vnode/config_schema.h"
#include "apps/vnode/document_schemas.h"
#include "apps/vnode/option_builders.h"
#include "apps/vnode/print.h"
#include "base/text.h"
#include "events/event_json.h"
#include "rpc/method_table.h"

namespace vnode {
namespace {

struct Schema {
  std::string_view name;
  std::string (*text)();
};

constexpr std::array kSchemas = {Schema{"events", event_schema}, Schema{"workflow", workflow_schema},
                                 Schema{"node", node_schema}, Schema{"rpc", rpc_schema},
                                 Schema{"config", config_schema}};

ExitCode print_schema(const std::string& name, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const Schema& schema : kSchemas) {
    if (schema.name == name) return print(schema.text(), diagnostics);
    known.emplace_back(schema.name);
  }
  const std::string nearest = nearest_word(name, known);
  diagnostics.error(
      "there is no schema '" + name + "'; " +
      (nearest.empty() ? "known: events, workflow, node, rpc, config" : "did you mean '" + nearest + "'?"));
  return kExitUsage;
}

}  // namespace

void set_up_schema(CommandSpec& command) {
  auto name = std::make_shared<std::string>();
  add_text(command, "NAME", *name, "", "events, workflow, node, rpc or config").is_required = true;
  command.action = [name](Diagnostics& diagnostics) { return print_schema(*name, diagnostics); };
}

}  // namespace vnode
