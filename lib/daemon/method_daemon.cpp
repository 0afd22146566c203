#include <unistd.h>

#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "daemon/daemon.h"
#include "daemon/methods.h"
#include "daemon/node_catalog.h"
#include "daemon/run_book.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/time_text.h"
#include "store/store_thread.h"

namespace vnode {
namespace {

/// Looks at every byte, however early they differ: time must not tell how much of a guess is right.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b.empty() ? 0 : b[i % b.size()]);
  }
  return difference == 0;
}

}  // namespace

void daemon_info(DaemonCore& core, Session&, const Dict&, Reply reply) {
  core.store.read<std::vector<RunStore::Count>>(
      [](RunStore& store) { return store.counts(); },
      [&core, reply](Result<std::vector<RunStore::Count>> counts) {
        Dict runs;
        if (counts) {
          for (const RunStore::Count& count : *counts) runs.set(count.status, count.runs);
        }
        const std::string& error = core.book.store_error();
        const Duration uptime = core.services.clock.steady_now() - core.started;
        reply.result(Dict{{"vnode", core.settings.version},
                          {"protocol", kRpcProtocol},
                          {"pid", static_cast<std::int64_t>(::getpid())},
                          {"uptime", seconds(uptime)},
                          {"state", core.is_stopping ? "stopping" : "serving"},
                          {"state_directory", core.settings.state_directory},
                          {"socket", core.settings.socket},
                          {"store", Dict{{"ok", error.empty()}, {"error", error}}},
                          {"lost_event_files", static_cast<std::int64_t>(core.book.lost_event_files())},
                          {"runs", runs},
                          {"clients", static_cast<std::int64_t>(core.count_clients())}});
      });
}

void daemon_shutdown(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const Value* grace = params.find("grace");
  reply.result(Dict{{"stopping", true}});
  core.shut_down(grace && !grace->is_none() ? std::optional(param_duration(*grace)) : std::nullopt);
}

void auth(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  const std::string token = text_param(params, "token");
  if (!session.is_authenticated()) {
    if (!equal_in_constant_time(token, core.settings.token)) {
      reply.error(daemon_error("not_allowed", "that is not the token"));
      return session.close();
    }
    session.set_authenticated();
  }
  reply.result(Dict{{"authenticated", true}});
}

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

void nodes_reload(DaemonCore& core, Session&, const Dict&, Reply reply) {
  core.background.submit([&core, reply] {
    const std::shared_ptr<const Registry> registry = core.catalog.reload();
    std::vector<Value> notes;
    for (const LoadNote& note : registry->notes()) {
      notes.emplace_back(Dict{{"file", note.file}, {"id", note.node_id}, {"message", note.message}});
    }
    const Dict result{{"nodes", static_cast<std::int64_t>(registry->types().size())},
                      {"notes", Value::list(std::move(notes))}};
    core.loop.post([reply, result] { reply.result(result); });
  });
}

}  // namespace vnode
