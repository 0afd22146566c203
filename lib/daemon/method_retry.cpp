#include <array>
#include <memory>
#include <set>

#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "daemon/map_values.h"
#include "daemon/methods.h"
#include "daemon/node_catalog.h"
#include "daemon/run_book.h"
#include "daemon/run_ending.h"
#include "daemon/run_lookup.h"
#include "daemon/session.h"
#include "model/members.h"
#include "rpc/submission.h"
#include "store/store_thread.h"
#include "tasks/run_work.h"

namespace vnode {
namespace {

constexpr std::array kRetryParams = {
    ParamSpec{.name = "ids",
              .kind = ParamKind::kTexts,
              .summary = "which runs and groups; these or 'info' are needed"},
    ParamSpec{
        .name = "failed",
        .kind = ParamKind::kSwitch,
        .summary = "only those that have failed, timed out, were interrupted, or whose dependency failed"},
    ParamSpec{.name = "info",
              .kind = ParamKind::kTextMap,
              .summary = "only runs with these texts in their info; without ids all of them"},
    ParamSpec{.name = "resume",
              .kind = ParamKind::kSwitch,
              .summary = "`false`: from the beginning, though they have journals"},
    ParamSpec{.name = "params",
              .kind = ParamKind::kList,
              .summary = "as in `run.submit`: set behind those that were submitted, from now on"},
};
constexpr std::string_view kRetryResult = R"json({
  "required": ["retried", "passed_over"],
  "properties": {
    "retried": {"type": "array", "items": {"type": "string"}},
    "passed_over": {"type": "array", "items": {"type": "string"}},
    "runs": {"type": "integer", "minimum": 0}
  }
})json";

/// Which runs are to be tried again.
struct RetryChoice {
  std::vector<NamedRuns> named;  ///< empty: all with that info
  bool are_failed_only = false;
  std::vector<std::pair<std::string, std::string>> info;

  bool takes(const RunRow& row) const {
    if (!is_ended(row.status)) return false;
    return !are_failed_only || is_failure(row.status) || row.status == RunStatus::kInterrupted ||
           row.error.starts_with("dependency_failed");
  }
};

struct ChosenRuns {
  std::vector<RunRow> rows;
  std::vector<std::string> retried;
  std::vector<std::string> passed_over;
};

/// In the store, where all ends are that anybody was told of.
Result<ChosenRuns> choose_runs(RunStore& store, const RetryChoice& choice) {
  ChosenRuns chosen;
  std::set<std::int64_t> known;
  const auto take = [&](const RunFilter& filter, std::int64_t only = 0) -> Result<bool> {
    Result<std::vector<RunRow>> rows = store.list(filter);
    if (!rows) return rows.error();
    bool is_any = false;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
      if (!choice.takes(*row) || (only != 0 && row->number != only)) continue;
      is_any = true;
      if (known.insert(row->number).second) chosen.rows.push_back(std::move(*row));
    }
    return is_any;
  };
  if (choice.named.empty()) {
    RunFilter filter{.info = choice.info, .limit = kMostRunsOfAGroup};
    filter.statuses.assign(kEndedStatuses.begin(), kEndedStatuses.end());
    const Result<bool> taken = take(filter);
    if (!taken) return taken.error();
    for (const RunRow& row : chosen.rows) chosen.retried.push_back(row.id);
    return chosen;
  }
  for (const NamedRuns& one : choice.named) {
    RunFilter filter{.group = one.group, .info = choice.info, .limit = kMostRunsOfAGroup};
    if (one.group == 0) filter = {.info = choice.info, .before = one.row->number + 1, .limit = 1};
    Result<bool> taken = take(filter, one.group == 0 ? one.row->number : 0);
    if (!taken) return taken.error();
    (*taken ? chosen.retried : chosen.passed_over).push_back(one.id);
  }
  return chosen;
}

Value texts_of(const std::vector<std::string>& texts) {
  return Value::list(std::vector<Value>(texts.begin(), texts.end()));
}

using Given = std::shared_ptr<const CheckedSubmission>;

/// What is wrong with parameters that are set behind those of a submission; nullopt: nothing that shows
/// before it runs.
std::optional<RpcError> check_params(const CheckedSubmission& submission, const std::vector<Override>& params,
                                     const Registry& registry) {
  std::vector<Override> all = submission.given.params;
  all.insert(all.end(), params.begin(), params.end());
  const Preparation made = prepare(submission.document, registry,
                                   {.overrides = all,
                                    .part = submission.part(),
                                    .beginning = Beginning::kSubmission,
                                    .path_map = submission.path_map.get()});
  if (made.plan || !made.is_override_refused) return std::nullopt;
  return daemon_error("bad_parameters", refusal_text(made.problems));
}

/// Of the first of the runs, which have the same workflow mostly: of ten thousand one tells.
void check_params_of(DaemonCore& core, const std::string& id, const std::vector<Override>& params,
                     std::function<void(std::optional<RpcError>)> then) {
  const auto query = [id](RunStore& store) { return stored_submission(store, id); };
  core.store.read<Given>(query, [&core, params, then = std::move(then)](const Result<Given>& found) {
    if (!found) return then(std::nullopt);  // which shows when it is to be tried again
    core.background.submit([&core, params, given = *found, then] {
      auto refused =
          std::make_shared<std::optional<RpcError>>(check_params(*given, params, *core.catalog.current()));
      core.loop.post([refused, then] { then(std::move(*refused)); });
    });
  });
}

void retry_chosen(DaemonCore& core, RetryChoice choice, const RunBook::Retrying& how, const Reply& reply) {
  const auto query = [choice = std::move(choice)](RunStore& store) { return choose_runs(store, choice); };
  core.store.read<ChosenRuns>(query, [&core, how, reply](Result<ChosenRuns> chosen) {
    if (!chosen) return reply.error(daemon_error("store_unavailable", describe(chosen.error())));
    Dict result{{"retried", texts_of(chosen->retried)},
                {"passed_over", texts_of(chosen->passed_over)},
                {"runs", static_cast<std::int64_t>(chosen->rows.size())}};
    if (chosen->rows.empty()) return reply.result(result);
    const std::string first = chosen->rows.front().id;
    const auto retry = [&core, how, reply, result, rows = std::move(chosen->rows)] {
      core.book.retry(rows, how, [reply, result](const std::optional<RpcError>& refused) {
        refused ? reply.error(*refused) : reply.result(result);
      });
    };
    if (how.params.empty()) return retry();
    check_params_of(core, first, how.params, [reply, retry](const std::optional<RpcError>& refused) {
      refused ? reply.error(*refused) : retry();
    });
  });
}

void run_retry(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  if (core.is_stopping) return reply.error(daemon_error("shutting_down", "the daemon is shutting down"));
  RetryChoice choice{.named = {}, .are_failed_only = switch_member(params, "failed"), .info = {}};
  for (const DictEntry& entry : dict_member(params, "info"))
    choice.info.emplace_back(entry.key.as_text(), entry.value.as_text());
  RunBook::Retrying how;
  if (const Value* resume = params.find("resume")) how.resumes = !resume->is_bool() || resume->as_bool();
  if (const Value* given = params.find("params")) {
    auto read = read_submission({{"params", *given}});
    if (auto* error = std::get_if<RpcError>(&read)) return reply.error(*error);
    how.params = std::get<Submission>(std::move(read)).params;
  }
  const std::vector<std::string> ids = texts_member(params, "ids");
  if (ids.empty() && choice.info.empty()) {
    return reply.error({RpcErrorCode::kInvalidParams, "invalid_params", "one of 'ids' and 'info' is needed"});
  }
  if (ids.empty()) return retry_chosen(core, std::move(choice), how, reply);
  with_named_runs(core, ids, reply, [&core, choice, how, reply](std::vector<NamedRuns> named) {
    for (const NamedRuns& one : named) {
      if (one.group != 0 || one.row->completed_at) continue;
      return reply.error(
          daemon_error("not_ended", "the run " + one.id + " has not ended", {{"run_id", one.id}}));
    }
    RetryChoice full = choice;
    full.named = std::move(named);
    retry_chosen(core, std::move(full), how, reply);
  });
}

constexpr std::array kMethodsOfRetries = {
    Method{.spec = {.name = "run.retry",
                    .summary = "further attempts of runs that have ended",
                    .params = kRetryParams,
                    .result = kRetryResult},
           .handler = run_retry},
};

}  // namespace

std::span<const Method> retry_methods() { return kMethodsOfRetries; }

}  // namespace vnode
