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
  if (looks_like_group_id(id))
    return daemon_error("unknown_run", id + " is a group's id, and a run is asked for here");
  return daemon_error("unknown_run",
                      "there is no run " + id + (looks_like_run_id(id) ? "" : "; that is no run's id"));
}

RpcError ambiguous(const std::string& what, const std::string& prefix, const std::vector<std::string>& ids) {
  std::string message = "several " + what + "s begin with " + prefix + ":";
  for (const std::string& id : ids) message += " " + id;
  return daemon_error("ambiguous_" + what, message,
                      {{"candidates", Value::list(std::vector<Value>(ids.begin(), ids.end()))}});
}

RpcError ambiguous_run(const std::string& prefix, const std::vector<RunRow>& rows) {
  std::vector<std::string> ids;
  for (const RunRow& row : rows) ids.push_back(row.id);
  return ambiguous("run", prefix, ids);
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
    if (view.reason && view.reason->code == "dependency") {
      const std::string text = core.book.dependency_text(run);
      if (!text.empty()) view.reason->text = text;
    }
    if (!view.reason) view.reason = core.tasks.why_borrower_waits(run.row.id);
  }
  view.pause = run.task->pause;
  if (const RunningTask* running = run.task->running()) {
    view.duration = seconds(core.tasks.duration_of(*run.task));
    view.is_stopping = running->stop != StopReason::kNone;
    if (run.row.status == RunStatus::kRunning && run.events && !run.ending)
      view.progress = run.events->tally();
  }
  return view;
}

void find_run(DaemonCore& core, const std::string& id, FoundRunHandler done) {
  if (const LiveRun* live = core.book.find(id)) return done(live->row, live);
  find_stored_run(core, id, StoreOrder::kAtOnce, std::move(done));
}

std::variant<const RunGroup*, RpcError> find_group(const DaemonCore& core, const std::string& id) {
  const std::vector<const RunGroup*> found =
      id.empty() ? std::vector<const RunGroup*>() : core.book.groups().with_prefix(id, kMostCandidates);
  if (found.empty()) return daemon_error("unknown_group", "there is no group " + id);
  if (found.size() == 1) return found.front();
  std::vector<std::string> ids;
  for (const RunGroup* group : found) ids.push_back(group->row.id);
  return ambiguous("group", id, ids);
}

void find_named_runs(DaemonCore& core, const std::vector<std::string>& ids, FoundNamedRuns then) {
  struct Progress {
    std::vector<NamedRuns> named;
    std::optional<RpcError> error;
    std::size_t missing = 0;
  };
  auto progress = std::make_shared<Progress>();
  progress->named.resize(ids.size());
  progress->missing = ids.size();
  const auto found = [&core, progress, then](std::size_t i, std::variant<NamedRuns, RpcError> named) {
    if (auto* error = std::get_if<RpcError>(&named)) {
      if (!progress->error) progress->error = std::move(*error);
    } else {
      progress->named[i] = std::get<NamedRuns>(std::move(named));
    }
    if (--progress->missing > 0) return;
    if (progress->error) return then(*progress->error);
    // Of groups as they are now: others were looked for in the store meanwhile.
    for (NamedRuns& each : progress->named) {
      const RunGroup* group = each.group == 0 ? nullptr : core.book.groups().find(each.group);
      if (group) each.runs = core.book.live_of_group(*group);
    }
    then(std::move(progress->named));
  };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (looks_like_group_id(ids[i])) {
      const auto group = find_group(core, ids[i]);
      if (const auto* error = std::get_if<RpcError>(&group)) {
        found(i, *error);
      } else {
        const GroupRow& row = std::get<const RunGroup*>(group)->row;
        found(i, NamedRuns{.id = row.id, .group = row.number});
      }
      continue;
    }
    find_run(core, ids[i], [found, i](std::variant<RunRow, RpcError> row, const LiveRun*) {
      if (auto* error = std::get_if<RpcError>(&row)) return found(i, std::move(*error));
      NamedRuns named{.id = std::get<RunRow>(row).id};
      named.runs.push_back(named.id);
      named.row = std::get<RunRow>(std::move(row));
      found(i, std::move(named));
    });
  }
}

void with_named_runs(DaemonCore& core, const std::vector<std::string>& ids, const Reply& reply,
                     std::function<void(std::vector<NamedRuns>)> then) {
  if (ids.empty()) return reply.error({RpcErrorCode::kInvalidParams, "invalid_params", "ids: is empty"});
  find_named_runs(core, ids,
                  [reply, then = std::move(then)](std::variant<std::vector<NamedRuns>, RpcError> found) {
                    if (const auto* error = std::get_if<RpcError>(&found)) return reply.error(*error);
                    then(std::get<std::vector<NamedRuns>>(std::move(found)));
                  });
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
