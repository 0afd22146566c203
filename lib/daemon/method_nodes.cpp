#include <array>

#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "daemon/core.h"
#include "daemon/methods.h"
#include "daemon/node_catalog.h"

namespace vnode {
namespace {

constexpr std::string_view kNodesResult = R"json({
  "required": ["nodes"],
  "properties": {"nodes": {"type": "array"}}
})json";

void nodes_list(DaemonCore& core, Session&, const Dict&, Reply reply) {
  core.background.submit([&core, reply] {
    const std::shared_ptr<const Registry> registry = core.catalog.look_again();
    std::vector<Value> nodes;
    for (const NodeTypePtr& type : registry->types()) {
      nodes.emplace_back(Dict{{"id", type->definition.node_id},
                              {"name", type->definition.name},
                              {"category", type->definition.category},
                              {"origin", type->origin}});
    }
    core.loop.post(
        [reply, result = Dict{{"nodes", Value::list(std::move(nodes))}}] { reply.result(result); });
  });
}

constexpr std::string_view kReloadResult = R"json({
  "required": ["nodes", "notes"],
  "properties": {"nodes": {"type": "integer", "minimum": 0}, "notes": {"type": "array"}}
})json";

void nodes_reload(DaemonCore& core, Session&, const Dict&, Reply reply) {
  core.background.submit([&core, reply] {
    const std::shared_ptr<const Registry> registry = core.catalog.reload();
    std::vector<Value> notes;
    for (const LoadNote* note : remarks(*registry)) {
      notes.emplace_back(Dict{{"file", note->file}, {"id", note->node_id}, {"message", note->message}});
    }
    const Dict result{{"nodes", static_cast<std::int64_t>(registry->types().size())},
                      {"notes", Value::list(std::move(notes))}};
    core.loop.post([reply, result] { reply.result(result); });
  });
}

constexpr std::array kMethodsOfNodes = {
    Method{.spec = {.name = "nodes.list",
                    .summary = "the node types that runs can use now",
                    .result = kNodesResult},
           .handler = nodes_list},
    Method{.spec = {.name = "nodes.reload",
                    .summary = "reads the node definitions again at once",
                    .result = kReloadResult},
           .handler = nodes_reload},
};

}  // namespace

std::span<const Method> node_methods() { return kMethodsOfNodes; }

}  // namespace vnode
