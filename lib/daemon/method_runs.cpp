#include <algorithm>
#include <array>

#include "async/timer_queue.h"
#include "base/spelling.h"
#include "base/utc_time.h"
#include "daemon/daemon.h"
#include "daemon/map_values.h"
#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/run_cancelling.h"
#include "daemon/run_listing.h"
#include "daemon/run_lookup.h"
#include "daemon/run_pausing.h"
#include "daemon/run_picking.h"
#include "daemon/session.h"
#include "daemon/submitted.h"
#include "model/members.h"
#include "rpc/duration_param.h"
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

std::variant<std::vector<RunStatus>, RpcError> statuses_param(const Dict& params) {
  std::vector<RunStatus> statuses;
  for (const std::string& text : texts_member(params, "statuses")) {
    const std::optional<RunStatus> status = parse_run_status(text);
    if (!status || table_status(*status) != *status) {
      return RpcError{
          RpcErrorCode::kInvalidParams, "invalid_params",
          with_hint("statuses: '" + text + "' is no status", spelling_hint(text, words(kTableStatuses)))};
    }
    statuses.push_back(*status);
  }
  return statuses;
}

RpcError store_error(const Error& error) { return daemon_error("store_unavailable", describe(error)); }

constexpr std::array kGetParams = {kRunParam};
constexpr std::string_view kRunResult = R"json({"$ref": "#/$defs/run"})json";

/// As it is now, with what it was submitted with. It may have ended since the store was asked; then it is
/// looked for again.
void tell_run(DaemonCore& core, const RunRow& row, const Result<std::optional<StoredSubmission>>& request,
              const Reply& reply) {
  const LiveRun* live = core.book.find(row.id);
  if (!live && !is_ended(row.status)) {
    return find_run(core, row.id,
                    [&core, request, reply](std::variant<RunRow, RpcError> found, const LiveRun*) {
                      if (const auto* error = std::get_if<RpcError>(&found)) return reply.error(*error);
                      const RunRow& ended = std::get<RunRow>(found);
                      if (is_ended(ended.status)) return tell_run(core, ended, request, reply);
                      reply.result(shown(core, ended));
                    });
  }
  Dict run = shown(core, row).as_dict();
  // A store that cannot be read costs what it alone knows.
  const bool is_known = request && *request;
  run.set("submitted", is_known ? submitted_value(**request, live ? live->secrets.get() : nullptr) : Value());
  reply.result(Value(std::move(run)));
}

void run_get(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  with_run(core, params, reply, [&core, reply](const RunRow& row, const LiveRun*) {
    using Request = std::optional<StoredSubmission>;
    core.store.read<Request>(
        [id = row.id](RunStore& store) { return store.request(id); },
        [&core, row, reply](const Result<Request>& request) { tell_run(core, row, request, reply); },
        StoreOrder::kAtOnce);
  });
}

constexpr std::array kListParams = {
    ParamSpec{.name = "statuses", .kind = ParamKind::kTexts, .summary = "only runs with one of these"},
    ParamSpec{.name = "queue", .kind = ParamKind::kText, .summary = "only runs of this queue"},
    ParamSpec{.name = "workflow",
              .kind = ParamKind::kText,
              .summary = "only runs whose workflow's name holds this"},
    ParamSpec{.name = "group", .kind = ParamKind::kText, .summary = "only runs of this group"},
    ParamSpec{.name = "alone", .kind = ParamKind::kSwitch, .summary = "only runs that are in no group"},
    ParamSpec{
        .name = "info", .kind = ParamKind::kTextMap, .summary = "only runs with these texts in their info"},
    ParamSpec{.name = "before",
              .kind = ParamKind::kText,
              .summary = "only runs older than the one with this id: the next page"},
    ParamSpec{.name = "limit", .kind = ParamKind::kCount, .summary = "at most so many: 100, up to 1,000"},
};
constexpr std::string_view kListResult = R"json({
  "required": ["runs", "more"],
  "properties": {"runs": {"$ref": "#/$defs/runs"}, "more": {"type": "boolean"}}
})json";

/// As many of the rows as fit into a page; nullopt where one of them is out of date, and may be.
std::optional<std::vector<ShownRun>> page_of(const DaemonCore& core, const std::vector<RunRow>& rows,
                                             std::size_t limit, StoreOrder order) {
  std::vector<ShownRun> runs;
  std::size_t bytes = 0;
  for (const RunRow& row : rows) {
    bytes += row.parameters.size() + row.info.size() + row.error.size() + row.description.size() +
             row.workflow.size();
    if (runs.size() == limit || (!runs.empty() && bytes >= kLargestPage)) break;
    std::optional<ShownRun> run = shown_run(core, row);
    if (!run && order == StoreOrder::kAtOnce) return std::nullopt;
    runs.push_back(run ? std::move(*run) : ShownRun{row, {}});
  }
  return runs;
}

void list_runs(DaemonCore& core, const RunFilter& filter, StoreOrder order, const Reply& reply) {
  const auto query = [filter](RunStore& store) { return store.list(filter); };
  const auto done = [&core, filter, order, reply](Result<std::vector<RunRow>> rows) {
    if (!rows) return reply.error(store_error(rows.error()));
    std::optional<std::vector<ShownRun>> runs = page_of(core, *rows, filter.limit - 1, order);
    if (!runs) return list_runs(core, filter, StoreOrder::kBehindChanges, reply);
    const bool is_more = rows->size() > runs->size();
    const auto shown = std::make_shared<const std::vector<ShownRun>>(std::move(*runs));
    const auto result = [shown, is_more] { return Dict{{"runs", list_of(*shown)}, {"more", is_more}}; };
    reply_with(core, shown->size(), result, reply);
  };
  core.store.read<std::vector<RunRow>>(query, done, order);
}

void run_list(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  const auto statuses = statuses_param(params);
  if (const auto* wrong = std::get_if<RpcError>(&statuses)) return reply.error(*wrong);
  RunFilter filter{.statuses = std::get<std::vector<RunStatus>>(statuses),
                   .queue = text_member(params, "queue"),
                   .workflow = text_member(params, "workflow")};
  const std::size_t limit = static_cast<std::size_t>(
      std::clamp<std::int64_t>(integer_member(params, "limit").value_or(100), 1, kMostListed));
  filter.limit = limit + 1;
  filter.is_alone = switch_member(params, "alone");
  for (const DictEntry& entry : dict_member(params, "info"))
    filter.info.emplace_back(entry.key.as_text(), entry.value.as_text());
  if (const std::string id = text_member(params, "group"); !id.empty()) {
    const auto group = find_group(core, id);
    if (const auto* error = std::get_if<RpcError>(&group)) return reply.error(*error);
    filter.group = std::get<const RunGroup*>(group)->row.number;
  }
  const std::string before = text_member(params, "before");
  if (!before.empty()) {
    // By the number in the id: the run itself may have been removed since the last page.
    filter.before = run_number(before);
    if (!filter.before) return reply.error(daemon_error("unknown_run", before + " is no run's id"));
  }
  // Who has submitted just now sees it in the list, and waits for that.
  list_runs(core, filter, session.has_submissions() ? StoreOrder::kBehindChanges : StoreOrder::kAtOnce,
            reply);
}

constexpr std::array kWaitParams = {kRunParam, ParamSpec{.name = "timeout",
                                                         .kind = ParamKind::kDuration,
                                                         .summary = "replies with the run as it is then"}};

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

constexpr std::array kCancelParams = {
    ParamSpec{.name = "ids",
              .kind = ParamKind::kTexts,
              .summary = "which runs and groups; these, 'info' or 'all' are needed"},
    ParamSpec{.name = "all", .kind = ParamKind::kSwitch, .summary = "all that have not ended"},
    kPickedInfo,
};
constexpr std::string_view kCancelResult = R"json({
  "required": ["cancelled", "ended"],
  "properties": {
    "cancelled": {"type": "array", "items": {"type": "string"}},
    "ended": {"type": "array", "items": {"type": "string"}},
    "passed_over": {"type": "array", "items": {"type": "string"}}
  }
})json";

void run_cancel(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const bool has_info = !dict_member(params, "info").empty();
  if (switch_member(params, "all") && !has_info) return cancel_all_runs(core, reply);
  if (texts_member(params, "ids").empty() && !has_info) {
    return reply.error(
        {RpcErrorCode::kInvalidParams, "invalid_params", "one of 'ids', 'info' and 'all' is needed"});
  }
  with_picked_runs(core, params, reply,
                   [&core, reply](const PickedRuns& picked) { cancel_runs(core, picked, reply); });
}

constexpr std::array kPauseParams = {
    kPickedIds,
    ParamSpec{
        .name = "stop_processes", .kind = ParamKind::kSwitch, .summary = "their processes are stopped, too"},
    kPickedInfo,
};
constexpr std::array kUnpauseParams = {kPickedIds, kPickedInfo};
constexpr std::string_view kPauseResult = R"json({
  "required": ["paused", "ended"],
  "properties": {
    "paused": {"type": "array", "items": {"type": "string"}},
    "ended": {"type": "array", "items": {"type": "string"}},
    "passed_over": {"type": "array", "items": {"type": "string"}}
  }
})json";
constexpr std::string_view kUnpauseResult = R"json({
  "required": ["unpaused", "ended"],
  "properties": {
    "unpaused": {"type": "array", "items": {"type": "string"}},
    "ended": {"type": "array", "items": {"type": "string"}},
    "passed_over": {"type": "array", "items": {"type": "string"}}
  }
})json";

void run_pause(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const RunPause how = switch_member(params, "stop_processes") ? RunPause::kStop : RunPause::kHold;
  with_picked_runs(core, params, reply, [&core, how, reply](PickedRuns picked) {
    pause_runs(core, std::move(picked), how, "paused", reply);
  });
}

void run_unpause(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  with_picked_runs(core, params, reply, [&core, reply](PickedRuns picked) {
    pause_runs(core, std::move(picked), RunPause::kNone, "unpaused", reply);
  });
}

constexpr std::array kExplainParams = {kRunParam};
constexpr std::string_view kExplainResult = R"json({
  "required": ["id", "status", "text"],
  "properties": {
    "id": {"type": "string"},
    "status": {"type": "string"},
    "text": {"type": "string"},
    "reason": {"$ref": "#/$defs/run/properties/reason"}
  }
})json";

void run_explain(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  with_run(core, params, reply, [&core, reply](const RunRow& row, const LiveRun* live) {
    Dict result{{"id", row.id}, {"status", word(row.status)}};
    std::string text =
        "the run has ended: " + std::string(word(row.status)) + (row.error.empty() ? "" : ": " + row.error);
    if (live) {
      const LiveView view = live_view(core, *live);
      if (view.reason) {
        result.set("reason", Dict{{"code", view.reason->code}, {"text", view.reason->text}});
        text = view.reason->text;
      } else if (!core.book.store_error().empty()) {
        text = "waits for the store, which cannot be written: " + core.book.store_error();
      } else if (view.pause && !view.is_stopping) {
        text = pause_text(*view.pause);
        result.set("reason", Dict{{"code", "paused"}, {"text", text}});
      } else {
        text = view.is_stopping ? "the run is running, and was asked to end" : "the run is running";
        if (!row.resume.empty())
          text += "; attempt " + std::to_string(row.attempt) + " goes on from the journal of the one before";
      }
    }
    result.set("text", text);
    reply.result(result);
  });
}

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

/// Which of the runs that were named are meant.
struct ClearChoice {
  std::vector<RunStatus> statuses;
  std::optional<std::int64_t> ended_before;

  bool takes(const RunRow& row) const {
    const bool has_status =
        statuses.empty() || std::find(statuses.begin(), statuses.end(), row.status) != statuses.end();
    return has_status && (!ended_before || *row.completed_at < *ended_before);
  }
};

/// All of them have to have ended. Those of groups are looked for in the store.
void clear_named(DaemonCore& core, const std::vector<NamedRuns>& named, const ClearChoice& choice,
                 bool is_dry, const Reply& reply) {
  std::vector<std::int64_t> groups;
  std::vector<std::string> chosen;
  for (const NamedRuns& one : named) {
    const bool has_ended = one.group == 0 ? one.row->completed_at.has_value() : one.runs.empty();
    if (!has_ended) {
      const std::string what = one.group == 0 ? "the run " : "the group ";
      return reply.error(daemon_error("not_ended", what + one.id + " has not ended", {{"run_id", one.id}}));
    }
    if (one.group != 0) {
      groups.push_back(one.group);
    } else if (choice.takes(*one.row)) {
      chosen.push_back(one.id);
    }
  }
  if (groups.empty()) return clear_runs(core, std::move(chosen), is_dry, reply);
  const auto query = [groups, choice, chosen](RunStore& store) -> Result<std::vector<std::string>> {
    std::vector<std::string> ids = chosen;
    for (const std::int64_t group : groups) {
      const Result<std::vector<RunRow>> rows = store.list({.group = group, .limit = kMostRunsOfAGroup});
      if (!rows) return rows.error();
      for (const RunRow& row : *rows) {
        if (row.completed_at && choice.takes(row)) ids.push_back(row.id);
      }
    }
    return ids;
  };
  core.store.read<std::vector<std::string>>(query,
                                            [&core, is_dry, reply](Result<std::vector<std::string>> ids) {
                                              if (!ids) return reply.error(store_error(ids.error()));
                                              clear_runs(core, std::move(*ids), is_dry, reply);
                                            });
}

constexpr std::array kClearParams = {
    ParamSpec{.name = "ids", .kind = ParamKind::kTexts, .summary = "only these runs"},
    ParamSpec{.name = "statuses", .kind = ParamKind::kTexts, .summary = "only runs with one of these"},
    ParamSpec{
        .name = "older_than", .kind = ParamKind::kDuration, .summary = "only runs that ended so long ago"},
    ParamSpec{.name = "dry_run", .kind = ParamKind::kSwitch, .summary = "only says how many"},
};
constexpr std::string_view kClearResult = R"json({
  "required": ["removed", "dry_run"],
  "properties": {"removed": {"type": "integer", "minimum": 0}, "dry_run": {"type": "boolean"}}
})json";

void run_clear(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const std::vector<std::string> ids = texts_member(params, "ids");
  const auto given = statuses_param(params);
  if (const auto* wrong = std::get_if<RpcError>(&given)) return reply.error(*wrong);
  const auto& statuses = std::get<std::vector<RunStatus>>(given);
  if (params.find("ids") && ids.empty()) {
    return reply.error(
        {RpcErrorCode::kInvalidParams, "invalid_params", "ids: is empty; leave it out for all"});
  }
  const bool is_dry = switch_member(params, "dry_run");
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
  with_named_runs(core, ids, reply,
                  [&core, reply, choice = ClearChoice{statuses, ended_before}, is_dry](
                      std::vector<NamedRuns> named) { clear_named(core, named, choice, is_dry, reply); });
}

constexpr std::array kMethodsOfRuns = {
    Method{.spec = {.name = "run.get", .summary = "one run", .params = kGetParams, .result = kRunResult},
           .handler = run_get},
    Method{.spec = {.name = "run.list",
                    .summary = "runs, newest first",
                    .params = kListParams,
                    .result = kListResult},
           .handler = run_list},
    Method{.spec = {.name = "run.wait",
                    .summary = "replies with the run when it has ended",
                    .params = kWaitParams,
                    .result = kRunResult},
           .handler = run_wait,
           .order = CallOrder::kAtOnce},
    Method{.spec = {.name = "run.cancel",
                    .summary = "ends pending runs, asks running ones to end",
                    .params = kCancelParams,
                    .result = kCancelResult},
           .handler = run_cancel},
    Method{.spec = {.name = "run.pause",
                    .summary = "lets no node of runs start, and no pending one of them",
                    .params = kPauseParams,
                    .result = kPauseResult},
           .handler = run_pause},
    Method{.spec = {.name = "run.unpause",
                    .summary = "lets runs go on",
                    .params = kUnpauseParams,
                    .result = kUnpauseResult},
           .handler = run_unpause},
    Method{.spec = {.name = "run.explain",
                    .summary = "why a run is not running, or what it waits for",
                    .params = kExplainParams,
                    .result = kExplainResult},
           .handler = run_explain},
    Method{.spec = {.name = "run.clear",
                    .summary = "removes runs that have ended, with their events",
                    .params = kClearParams,
                    .result = kClearResult},
           .handler = run_clear},
};

}  // namespace

std::span<const Method> run_methods() { return kMethodsOfRuns; }

}  // namespace vnode
