#include "daemon/run_lookup.h"

#include "base/utc_time.h"
#include "daemon/run_book.h"
#include "model/members.h"
#include "store/store_thread.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

constexpr std::size_t kMostCandidates = 5;

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

using Rows = std::vector<RunRow>;

Result<Rows> rows_of(RunStore& store, const std::string& id) {
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
}

/// What was read at once may be older than what has been told since; then it is read again behind that.
void find_stored_run(DaemonCore& core, const std::string& id, StoreOrder order, FoundRunHandler done) {
  const auto on_read = [&core, id, order, done = std::move(done)](Result<Rows> rows) {
    if (!rows) return done(daemon_error("store_unavailable", describe(rows.error())), nullptr);
    if (rows->empty()) return done(unknown_run(id), nullptr);
    if (rows->size() > 1) return done(ambiguous_run(id, *rows), nullptr);
    RunRow& row = rows->front();
    const LiveRun* live = core.book.find(row.id);
    if (!live && !is_ended(row.status) && order == StoreOrder::kAtOnce) {
      return find_stored_run(core, id, StoreOrder::kBehindChanges, done);
    }
    done(live ? live->row : std::move(row), live);
  };
  core.store.read<Rows>([id](RunStore& store) { return rows_of(store, id); }, on_read, order);
}

}  // namespace

LiveView live_view(const DaemonCore& core, const LiveRun& run, bool with_reason) {
  LiveView view;
  if (!run.task) return view;
  if (with_reason && !run.ending) {
    view.reason = core.tasks.why_waiting(run.row.id);
    if (!view.reason) view.reason = core.tasks.why_borrower_waits(run.row.id);
  }
  view.pause = run.task->pause;
  if (const RunningTask* running = run.task->running()) {
    view.duration = seconds(core.tasks.duration_of(*run.task));
    view.is_stopping = running->stop != StopReason::kNone;
  }
  return view;
}

void find_run(DaemonCore& core, const std::string& id, FoundRunHandler done) {
  if (const LiveRun* live = core.book.find(id)) return done(live->row, live);
  find_stored_run(core, id, StoreOrder::kAtOnce, std::move(done));
}

void with_run(DaemonCore& core, const Dict& params, const Reply& reply,
              std::function<void(const RunRow&, const LiveRun*)> found) {
  find_run(core, text_member(params, kRunParam.name),
           [reply, found = std::move(found)](std::variant<RunRow, RpcError> row, const LiveRun* live) {
             if (const auto* error = std::get_if<RpcError>(&row)) return reply.error(*error);
             found(std::get<RunRow>(row), live);
           });
}

}  // namespace vnode
