#include <algorithm>

#include "async/timer_queue.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/session.h"
#include "daemon/time_text.h"
#include "store/store_thread.h"

namespace vnode {
namespace {

constexpr std::int64_t kMostListed = 1000;
/// A page ends early when it gets larger than that: a line has its limit.
constexpr std::size_t kLargestPage = 4 * 1024 * 1024;

Value shown(const DaemonCore& core, const RunRow& row) {
  const LiveRun* live = core.book.find(row.id);
  return live ? run_value(live->row, live_view(core, *live)) : run_value(row);
}

std::vector<std::string> texts_param(const Dict& params, std::string_view name) {
  std::vector<std::string> texts;
  if (const Value* list = params.find(name); list && list->is_list()) {
    for (const Value& item : list->as_list()) texts.emplace_back(item.as_text());
  }
  return texts;
}

std::optional<RpcError> check_statuses(const std::vector<std::string>& statuses) {
  static constexpr std::array<TaskStatus, 7> kAll = {
      TaskStatus::kPending,   TaskStatus::kRunning, TaskStatus::kCompleted,  TaskStatus::kFailed,
      TaskStatus::kCancelled, TaskStatus::kTimeout, TaskStatus::kInterrupted};
  for (const std::string& status : statuses) {
    if (parse_task_status(status)) continue;
    std::vector<std::string> known;
    for (const TaskStatus one : kAll) known.emplace_back(word(one));
    const std::string nearest = nearest_word(status, known);
    return RpcError{RpcErrorCode::kInvalidParams, "invalid_params",
                    "statuses: '" + status + "' is no status" +
                        (nearest.empty() ? "" : "; did you mean '" + nearest + "'?")};
  }
  return std::nullopt;
}

RpcError store_error(const Error& error) { return daemon_error("store_unavailable", describe(error)); }

}  // namespace

void run_get(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  with_run(core, params, reply,
           [&core, reply](const RunRow& row, const LiveRun*) { reply.result(shown(core, row)); });
}

void run_list(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  RunFilter filter{.statuses = texts_param(params, "statuses"),
                   .queue = text_param(params, "queue"),
                   .workflow = text_param(params, "workflow")};
  if (const std::optional<RpcError> wrong = check_statuses(filter.statuses)) return reply.error(*wrong);
  const std::size_t limit = static_cast<std::size_t>(
      std::clamp<std::int64_t>(number_param(params, "limit").value_or(100), 1, kMostListed));
  filter.limit = limit + 1;
  const std::string before = text_param(params, "before");
  if (!before.empty()) {
    // By the number in the id: the run itself may have been removed since the last page.
    filter.before = run_number(before);
    if (!filter.before) return reply.error(daemon_error("unknown_run", before + " is no run's id"));
  }
  const auto query = [filter](RunStore& store) { return store.list(filter); };
  core.store.read<std::vector<RunRow>>(query, [&core, limit, reply](Result<std::vector<RunRow>> rows) {
    if (!rows) return reply.error(store_error(rows.error()));
    std::vector<Value> runs;
    std::size_t bytes = 0;
    for (const RunRow& row : *rows) {
      bytes += row.info.size() + row.error.size() + row.description.size() + row.workflow.size();
      if (runs.size() < limit && (runs.empty() || bytes < kLargestPage)) runs.push_back(shown(core, row));
    }
    const bool is_more = rows->size() > runs.size();
    reply.result(Dict{{"runs", Value::list(std::move(runs))}, {"more", is_more}});
  });
}

void run_wait(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  const Value* limit = params.find("timeout");
  const std::optional<Duration> timeout =
      limit && !limit->is_none() ? std::optional(param_duration(*limit)) : std::nullopt;
  const std::weak_ptr<Session> self = session.weak_from_this();
  with_run(core, params, reply, [&core, reply, timeout, self](const RunRow& row, const LiveRun* live) {
    if (!live) return reply.result(run_value(row));
    // Whichever comes first answers.
    auto is_answered = std::make_shared<bool>(false);
    auto timer = std::make_shared<TimerQueue::Id>(0);
    const auto answer = [&core, reply, is_answered, timer](const RunRow& ended) {
      core.timers.cancel(*timer);
      if (!std::exchange(*is_answered, true)) reply.result(run_value(ended));
    };
    core.book.when_ended(row.id, answer, [is_answered, self] { return !*is_answered && !self.expired(); });
    if (!timeout) return;
    *timer = core.timers.add(core.services.clock.steady_now() + *timeout,
                             [&core, reply, is_answered, id = row.id] {
                               if (std::exchange(*is_answered, true)) return;
                               const LiveRun* still = core.book.find(id);
                               if (still) reply.result(shown(core, still->row));
                             });
  });
}

namespace {

/// What comes of cancelling several runs. Of those that are pending the end is told when it is durable: a
/// crash must not let them run after all.
struct Cancelling {
  Reply reply;
  std::vector<Value> cancelled = {};
  std::vector<Value> ended = {};
  std::size_t missing = 1;  ///< answers that are not there yet, and one for the loop over the runs
  bool is_lost = false;     ///< the daemon goes, and one of them is not stored

  void arrived() {
    if (--missing > 0) return;
    if (is_lost) {
      return reply.error(daemon_error("shutting_down",
                                      "the daemon ends, and it could not be stored that all "
                                      "of these runs are cancelled"));
    }
    reply.result(
        Dict{{"cancelled", Value::list(std::move(cancelled))}, {"ended", Value::list(std::move(ended))}});
  }
};

void cancel_one(DaemonCore& core, const std::string& id, const std::shared_ptr<Cancelling>& all) {
  const LiveRun* live = core.book.find(id);
  const bool is_pending = live && live->task && live->task->status() == TaskStatus::kPending;
  if (!core.book.cancel(id)) {
    all->ended.emplace_back(id);
    return;
  }
  all->cancelled.emplace_back(id);
  if (!is_pending) return;
  ++all->missing;
  core.book.when_ended(
      id,
      [all](const RunRow& row) {
        if (!row.completed_at) all->is_lost = true;
        all->arrived();
      },
      [] { return true; });
}

/// Calls `then` with the runs that the ids, or their beginnings, stand for; else answers with what is wrong
/// with the first one, and nothing has been done.
void with_runs(DaemonCore& core, const std::vector<std::string>& ids, const Reply& reply,
               std::function<void(std::vector<RunRow>)> then) {
  struct Progress {
    std::vector<RunRow> rows;
    std::optional<RpcError> error;
    std::size_t missing = 0;
  };
  auto progress = std::make_shared<Progress>();
  progress->rows.resize(ids.size());
  progress->missing = ids.size();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    find_run(core, ids[i], [reply, progress, then, i](std::variant<RunRow, RpcError> row, const LiveRun*) {
      if (auto* error = std::get_if<RpcError>(&row)) {
        if (!progress->error) progress->error = std::move(*error);
      } else {
        progress->rows[i] = std::move(std::get<RunRow>(row));
      }
      if (--progress->missing > 0) return;
      if (progress->error) return reply.error(*progress->error);
      then(std::move(progress->rows));
    });
  }
}

std::optional<RpcError> check_ids(const std::vector<std::string>& ids) {
  constexpr std::size_t kMostIds = 1000;
  if (ids.size() > kMostIds) {
    return RpcError{RpcErrorCode::kInvalidParams, "invalid_params", "ids: more than 1,000 at once"};
  }
  return std::nullopt;
}

}  // namespace

void run_cancel(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  if (switch_param(params, "all")) {
    auto all = std::make_shared<Cancelling>(Cancelling{reply});
    std::vector<std::string> ids;
    for (const LiveRun* run : core.book.live()) ids.push_back(run->row.id);
    for (const std::string& id : ids) cancel_one(core, id, all);
    return all->arrived();
  }
  const std::vector<std::string> ids = texts_param(params, "ids");
  if (ids.empty()) {
    return reply.error({RpcErrorCode::kInvalidParams, "invalid_params", "one of 'ids' and 'all' is needed"});
  }
  if (const std::optional<RpcError> wrong = check_ids(ids)) return reply.error(*wrong);
  with_runs(core, ids, reply, [&core, reply](const std::vector<RunRow>& rows) {
    auto all = std::make_shared<Cancelling>(Cancelling{reply});
    for (const RunRow& row : rows) cancel_one(core, row.id, all);
    all->arrived();
  });
}

void run_explain(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  with_run(core, params, reply, [&core, reply](const RunRow& row, const LiveRun* live) {
    Dict result{{"id", row.id}, {"status", row.status}};
    std::string text = "the run has ended: " + row.status + (row.error.empty() ? "" : ": " + row.error);
    if (live) {
      const LiveView view = live_view(core, *live);
      if (view.reason) {
        result.set("reason", Dict{{"code", view.reason->code}, {"text", view.reason->text}});
        text = view.reason->text;
      } else if (!core.book.store_error().empty()) {
        text = "waits for the store, which cannot be written: " + core.book.store_error();
      } else {
        text = view.is_stopping ? "the run is running, and was asked to end" : "the run is running";
      }
    }
    result.set("text", text);
    reply.result(result);
  });
}

namespace {

/// Removes those of the ids that have ended, or says how many that would be.
void clear_runs(DaemonCore& core, std::vector<std::string> ids, bool is_dry, const Reply& reply) {
  std::erase_if(ids, [&core](const std::string& id) { return core.book.find(id) != nullptr; });
  const Dict result{{"removed", static_cast<std::int64_t>(ids.size())}, {"dry_run", is_dry}};
  if (is_dry || ids.empty()) return reply.result(result);
  core.book.remove(std::move(ids), [reply, result](Result<void> removed) {
    if (!removed) return reply.error(store_error(removed.error()));
    reply.result(result);
  });
}

}  // namespace

void run_clear(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const std::vector<std::string> ids = texts_param(params, "ids");
  const std::vector<std::string> statuses = texts_param(params, "statuses");
  if (const std::optional<RpcError> wrong = check_statuses(statuses)) return reply.error(*wrong);
  if (const std::optional<RpcError> wrong = check_ids(ids)) return reply.error(*wrong);
  if (params.find("ids") && ids.empty()) {
    return reply.error(
        {RpcErrorCode::kInvalidParams, "invalid_params", "ids: is empty; leave it out for all"});
  }
  const bool is_dry = switch_param(params, "dry_run");
  std::optional<std::int64_t> ended_before;
  if (const Value* age = params.find("older_than"); age && !age->is_none()) {
    ended_before = micros(core.services.clock.wall_now()) -
                   std::chrono::duration_cast<std::chrono::microseconds>(param_duration(*age)).count();
  }
  if (ids.empty()) {
    const auto query = [statuses, ended_before](RunStore& store) {
      return store.ended_ids(statuses, ended_before);
    };
    const auto done = [&core, reply, is_dry](Result<std::vector<std::string>> found) {
      if (!found) return reply.error(store_error(found.error()));
      clear_runs(core, std::move(*found), is_dry, reply);
    };
    return core.store.read<std::vector<std::string>>(query, done);
  }
  with_runs(
      core, ids, reply, [&core, reply, statuses, ended_before, is_dry](const std::vector<RunRow>& rows) {
        std::vector<std::string> chosen;
        for (const RunRow& row : rows) {
          if (!row.completed_at) {
            return reply.error(
                daemon_error("not_ended", "the run " + row.id + " has not ended", {{"run_id", row.id}}));
          }
          const bool has_status =
              statuses.empty() || std::find(statuses.begin(), statuses.end(), row.status) != statuses.end();
          if (has_status && (!ended_before || *row.completed_at < *ended_before)) chosen.push_back(row.id);
        }
        clear_runs(core, std::move(chosen), is_dry, reply);
      });
}

}  // namespace vnode
