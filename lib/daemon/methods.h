#pragma once

#include "daemon/core.h"
#include "daemon/reply.h"
#include "daemon/run_row_text.h"
#include "rpc/message.h"

namespace vnode {

struct LiveRun;

class Session;

/// Carries out a checked call (lib/rpc/protocol.md); the reply comes now or later. Owner's thread.
void carry_out_method(DaemonCore& core, Session& session, const RpcCall& call, Reply reply);

/// One handler a method, METHOD in method_*.cpp.
using MethodHandler = void (*)(DaemonCore&, Session&, const Dict& params, Reply);

void run_submit(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_get(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_list(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_wait(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_events(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_unsubscribe(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_watch(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_cancel(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_explain(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void run_clear(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void queue_list(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void queue_set(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void queue_pause(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void queue_resume(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void queue_remove(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void nodes_list(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void nodes_reload(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void daemon_info(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void daemon_shutdown(DaemonCore& core, Session& session, const Dict& params, Reply reply);
void auth(DaemonCore& core, Session& session, const Dict& params, Reply reply);

// ---- what handlers share

/// What the table knows of a live run beyond its row.
LiveView live_view(const DaemonCore& core, const LiveRun& run, bool with_reason = true);

/// Finds the run that `id` is, or that alone begins so; live ones first. Answers with "unknown_run" or
/// "ambiguous_run" else. `found` gets its row as the store has it, and the live run or null.
void with_run(DaemonCore& core, const Dict& params, const Reply& reply,
              std::function<void(const RunRow& row, const LiveRun* live)> found);
/// The same without answering.
void find_run(DaemonCore& core, const std::string& id,
              std::function<void(std::variant<RunRow, RpcError> row, const LiveRun* live)> done);

std::string text_param(const Dict& params, std::string_view name);
bool switch_param(const Dict& params, std::string_view name, bool standard = false);
std::optional<std::int64_t> number_param(const Dict& params, std::string_view name);

}  // namespace vnode
