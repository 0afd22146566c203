#include <algorithm>

#include "base/text.h"
#include "daemon/methods.h"
#include "daemon/session.h"
#include "daemon/time_text.h"

namespace vnode {
namespace {

constexpr std::int64_t kMostListed = 1000;

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
  const auto query = [filter, before](RunStore& store) mutable -> Result<std::vector<RunRow>> {
    if (!before.empty()) {
      Result<std::optional<RunRow>> row = store.find(before);
      if (!row) return row.error();
      if (*row) filter.before = (*row)->number;
    }
    return store.list(filter);
  };
  core.store.read<std::vector<RunRow>>(query, [&core, limit, reply](Result<std::vector<RunRow>> rows) {
    if (!rows) return reply.error(store_error(rows.error()));
    std::vector<Value> runs;
    for (const RunRow& row : *rows) {
      if (runs.size() < limit) runs.push_back(shown(core, row));
    }
    reply.result(Dict{{"runs", Value::list(std::move(runs))}, {"more", rows->size() > limit}});
  });
}

void run_wait(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const Value* limit = params.find("timeout");
  const std::optional<Duration> timeout =
      limit && !limit->is_none() ? std::optional(param_duration(*limit)) : std::nullopt;
  with_run(core, params, reply, [&core, reply, timeout](const RunRow& row, const LiveRun* live) {
    if (!live) return reply.result(run_value(row));
    // Whichever comes first answers.
    auto is_answered = std::make_shared<bool>(false);
    auto timer = std::make_shared<TimerQueue::Id>(0);
    core.book.when_ended(row.id, [&core, reply, is_answered, timer](const RunRow& ended) {
      core.timers.cancel(*timer);
      if (!std::exchange(*is_answered, true)) reply.result(run_value(ended));
    });
    if (!timeout) return;
    *timer = core.timers.add(core.services.clock.steady_now() + *timeout,
                             [&core, reply, is_answered, id = row.id] {
                               if (std::exchange(*is_answered, true)) return;
                               const LiveRun* still = core.book.find(id);
                               if (still) reply.result(shown(core, still->row));
                             });
  });
}

void run_cancel(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  if (switch_param(params, "all")) {
    std::vector<Value> cancelled;
    for (const LiveRun* run : core.book.live()) {
      if (core.book.cancel(run->row.id)) cancelled.emplace_back(run->row.id);
    }
    return reply.result(
        Dict{{"cancelled", Value::list(std::move(cancelled))}, {"ended", Value::empty_list()}});
  }
  const std::vector<std::string> ids = texts_param(params, "ids");
  if (ids.empty()) {
    return reply.error({RpcErrorCode::kInvalidParams, "invalid_params", "one of 'ids' and 'all' is needed"});
  }
  struct Progress {
    std::vector<Value> cancelled;
    std::vector<Value> ended;
    std::optional<RpcError> error;
    std::size_t missing = 0;
  };
  auto progress = std::make_shared<Progress>();
  progress->missing = ids.size();
  for (const std::string& id : ids) {
    find_run(core, id, [&core, reply, progress](std::variant<RunRow, RpcError> row, const LiveRun*) {
      // Those that are known are cancelled whatever the others are.
      if (auto* error = std::get_if<RpcError>(&row)) {
        if (!progress->error) progress->error = std::move(*error);
      } else {
        const std::string& known = std::get<RunRow>(row).id;
        (core.book.cancel(known) ? progress->cancelled : progress->ended).emplace_back(known);
      }
      if (--progress->missing > 0) return;
      if (progress->error) return reply.error(*progress->error);
      reply.result(Dict{{"cancelled", Value::list(std::move(progress->cancelled))},
                        {"ended", Value::list(std::move(progress->ended))}});
    });
  }
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

void run_clear(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const std::vector<std::string> ids = texts_param(params, "ids");
  std::vector<std::string> statuses = texts_param(params, "statuses");
  if (const std::optional<RpcError> wrong = check_statuses(statuses)) return reply.error(*wrong);
  const bool is_dry = switch_param(params, "dry_run");
  std::optional<std::int64_t> ended_before;
  if (const Value* age = params.find("older_than"); age && !age->is_none()) {
    ended_before = micros(core.services.clock.wall_now()) -
                   std::chrono::duration_cast<std::chrono::microseconds>(param_duration(*age)).count();
  }
  const auto query = [ids, statuses, ended_before](RunStore& store) -> Result<std::vector<std::string>> {
    return store.ended_ids(ids, statuses, ended_before);
  };
  core.store.read<std::vector<std::string>>(
      query, [&core, reply, is_dry](Result<std::vector<std::string>> found) {
        if (!found) return reply.error(store_error(found.error()));
        std::erase_if(*found, [&core](const std::string& id) { return core.book.find(id) != nullptr; });
        const Dict result{{"removed", static_cast<std::int64_t>(found->size())}, {"dry_run", is_dry}};
        if (is_dry || found->empty()) return reply.result(result);
        core.book.remove(std::move(*found), [reply, result](Result<void> removed) {
          if (!removed) return reply.error(store_error(removed.error()));
          reply.result(result);
        });
      });
}

}  // namespace vnode
