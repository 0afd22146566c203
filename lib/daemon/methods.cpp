#include "daemon/methods.h"

#include <algorithm>
#include <array>

#include "daemon/run_book.h"
#include "daemon/time_text.h"
#include "store/store_thread.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

constexpr std::size_t kMostCandidates = 5;

struct Entry {
  std::string_view name;
  MethodHandler handler;
};

constexpr std::array kHandlers = {
    Entry{"run.submit", run_submit},
    Entry{"run.get", run_get},
    Entry{"run.list", run_list},
    Entry{"run.wait", run_wait},
    Entry{"run.events", run_events},
    Entry{"run.unsubscribe", run_unsubscribe},
    Entry{"run.watch", run_watch},
    Entry{"run.cancel", run_cancel},
    Entry{"run.explain", run_explain},
    Entry{"run.clear", run_clear},
    Entry{"queue.list", queue_list},
    Entry{"queue.set", queue_set},
    Entry{"queue.pause", queue_pause},
    Entry{"queue.resume", queue_resume},
    Entry{"queue.remove", queue_remove},
    Entry{"nodes.list", nodes_list},
    Entry{"nodes.reload", nodes_reload},
    Entry{"daemon.info", daemon_info},
    Entry{"daemon.shutdown", daemon_shutdown},
    Entry{"auth", auth},
};

RpcError unknown_run(const std::string& id) {
  return daemon_error("unknown_run",
                      "there is no run " + id + (looks_like_run_id(id) ? "" : "; that is no run's id"));
}

RpcError ambiguous_run(const std::string& prefix, const std::vector<RunRow>& rows) {
  std::string message = "several runs begin with " + prefix + ":";
  std::vector<Value> candidates;
  for (const RunRow& row : rows) {
    message += " " + row.id;
    candidates.emplace_back(row.id);
  }
  return daemon_error("ambiguous_run", message, {{"candidates", Value::list(std::move(candidates))}});
}

}  // namespace

void carry_out_method(DaemonCore& core, Session& session, const RpcCall& call, Reply reply) {
  const auto found = std::find_if(kHandlers.begin(), kHandlers.end(),
                                  [&call](const Entry& entry) { return entry.name == call.method; });
  if (found == kHandlers.end()) {
    return reply.error({RpcErrorCode::kInternal, "internal", "no handler for " + call.method});
  }
  found->handler(core, session, call.params, std::move(reply));
}

LiveView live_view(const DaemonCore& core, const LiveRun& run, bool with_reason) {
  LiveView view;
  if (!run.task) return view;
  if (with_reason && !run.end) view.reason = core.tasks.why_waiting(run.row.id);
  if (const RunningTask* running = run.task->running()) {
    view.duration = seconds(core.tasks.duration_of(*run.task));
    view.is_stopping = running->stop != TaskStop::kNone;
  }
  return view;
}

void find_run(DaemonCore& core, const std::string& id,
              std::function<void(std::variant<RunRow, RpcError>, const LiveRun*)> done) {
  if (const LiveRun* live = core.book.find(id)) return done(live->row, live);
  using Rows = std::vector<RunRow>;
  const auto query = [id](RunStore& store) -> Result<Rows> {
    Rows rows;
    Result<std::vector<std::string>> ids = std::vector<std::string>{id};
    if (Result<std::optional<RunRow>> exact = store.find(id); !exact) {
      return exact.error();
    } else if (!*exact && !id.empty()) {
      ids = store.ids_with_prefix(id, kMostCandidates);
      if (!ids) return ids.error();
    }
    for (const std::string& candidate : *ids) {
      Result<std::optional<RunRow>> row = store.find(candidate);
      if (!row) return row.error();
      if (*row) rows.push_back(std::move(**row));
    }
    return rows;
  };
  core.store.read<Rows>(query, [&core, id, done = std::move(done)](Result<Rows> rows) {
    if (!rows) return done(daemon_error("store_unavailable", describe(rows.error())), nullptr);
    if (rows->empty()) return done(unknown_run(id), nullptr);
    if (rows->size() > 1) return done(ambiguous_run(id, *rows), nullptr);
    const LiveRun* live = core.book.find(rows->front().id);
    done(live ? live->row : std::move(rows->front()), live);
  });
}

void with_run(DaemonCore& core, const Dict& params, const Reply& reply,
              std::function<void(const RunRow&, const LiveRun*)> found) {
  find_run(core, text_param(params, "id"),
           [reply, found = std::move(found)](std::variant<RunRow, RpcError> row, const LiveRun* live) {
             if (const auto* error = std::get_if<RpcError>(&row)) return reply.error(*error);
             found(std::get<RunRow>(row), live);
           });
}

std::string text_param(const Dict& params, std::string_view name) {
  const Value* value = params.find(name);
  return value && value->is_text() ? std::string(value->as_text()) : std::string();
}

bool switch_param(const Dict& params, std::string_view name, bool standard) {
  const Value* value = params.find(name);
  return value && value->is_bool() ? value->as_bool() : standard;
}

std::optional<std::int64_t> number_param(const Dict& params, std::string_view name) {
  const Value* value = params.find(name);
  if (!value || !value->is_int()) return std::nullopt;
  return value->as_int();
}

}  // namespace vnode
