// The part of RunBook that tries runs again that have ended (rule 24).
#include <algorithm>
#include <filesystem>
#include <utility>

#include "daemon/reply.h"
#include "daemon/run_book.h"
#include "daemon/run_results.h"
#include "model/json_reader.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr std::size_t kRetriedInATurn = 64;

/// One run of those that are to be tried again.
struct Retried {
  RunRow row;  ///< as it has ended, then as it is
  RunStatus before = RunStatus::kFailed;
  RunLife life;
};

/// It was in the memory of a daemon, and went with the end.
bool has_secrets(const StoredSubmission& submission) {
  const auto is_in = [](const std::string& json) {
    if (json.find("\"secrets\"") == std::string::npos) return false;
    const Result<Value> request = parse_json(json);
    return request && !dict_member(*request, "secrets").empty();
  };
  return is_in(submission.request) || is_in(submission.group_request);
}

Error secrets_lost(const std::string& id) {
  return {ErrorCode::kUsage,
          "secrets_lost: run " + id + " had secrets, which nobody has kept; submit it again"};
}

/// What was told of its events stays; the next attempt goes on behind.
Result<void> retry_in_store(RunStore& store, Retried& retried, const std::string& event_path) {
  RunRow& row = retried.row;
  const Result<std::optional<StoredSubmission>> submission = store.submission(row.id);
  if (!submission) return submission.error();
  if (*submission && has_secrets(**submission)) return secrets_lost(row.id);
  const EventFileEnd end = find_event_file_end(event_path);
  Dependencies dependencies = Dependencies::read(row.dependencies);
  dependencies.met.clear();
  row.dependencies = dependencies.json();
  row.told_seq = static_cast<std::int64_t>(end.last_seq);
  row.event_bytes = static_cast<std::int64_t>(end.size);
  row.attempt = retried.life.attempts().number;
  return store.retry(row.id, row.attempt, row.told_seq, row.event_bytes, row.dependencies);
}

RpcError refusal_of_retry(const Error& error) {
  if (error.code == ErrorCode::kNotFound) return daemon_error("not_kept", error.message);
  if (error.code == ErrorCode::kInvalidValue) return daemon_error("not_ended", error.message);
  if (error.code == ErrorCode::kUsage) return daemon_error("secrets_lost", error.message);
  return daemon_error("store_unavailable", describe(error));
}

/// Of the last attempt, which is the last no more.
void remove_results(const std::vector<std::string>& event_paths) {
  std::error_code ignored;  // the next results take their place
  for (const std::string& path : event_paths) std::filesystem::remove(results_path(path), ignored);
}

RunRow pending_again(RunRow row) {
  row.status = RunStatus::kPending;
  row.started_at.reset();
  row.completed_at.reset();
  row.duration.reset();
  row.exit_code.reset();
  row.error.clear();
  row.summary.clear();
  row.paused_at.reset();
  return row;
}

}  // namespace

void RunBook::retry(std::vector<RunRow> rows, std::function<void(std::optional<RpcError>)> done) {
  const std::size_t pending = parts_.tasks.count(RunStatus::kPending) + entering_;
  if (pending + rows.size() > parts_.settings.max_pending) {
    return done(daemon_error("queue_full", "there would be more than " +
                                               std::to_string(parts_.settings.max_pending) +
                                               " pending runs (max_pending)"));
  }
  for (const RunRow& row : rows) {
    if (find(row.id) || retrying_.contains(row.id))
      return done(daemon_error("not_ended", "run " + row.id + " has not ended"));
    if (removing_.contains(row.id))
      return done(daemon_error("not_kept", "run " + row.id + " is being removed"));
  }
  const auto all = std::make_shared<std::vector<Retried>>();
  std::vector<std::string> paths;
  for (RunRow& row : rows) {
    const RunStatus before = row.status;
    SettledRun settled{{.number = row.attempt, .retries_left = row.retries}, {.status = before}};
    all->push_back({std::move(row), before, RunLife::ended(std::move(settled), row.retries_interrupts)});
    (void)all->back().life.retry();  // its effects are what follows
    paths.push_back(event_path(all->back().row.id));
    retrying_.insert(all->back().row.id);
  }
  entering_ += all->size();
  const auto original = std::make_shared<const std::vector<Retried>>(*all);
  const auto change = [all, original, paths](RunStore& store) -> Result<void> {
    *all = *original;  // it may have been tried, and undone
    for (std::size_t i = 0; i < all->size(); ++i) {
      if (Result<void> stored = retry_in_store(store, (*all)[i], paths[i]); !stored) return stored;
    }
    return {};
  };
  store_->write(change, [this, all, paths, done = std::move(done)](Result<void> result) {
    note_store(result);
    if (!result) {
      entering_ -= all->size();
      for (const Retried& retried : *all) retrying_.erase(retried.row.id);
      return done(refusal_of_retry(result.error()));
    }
    parts_.background.submit([paths] { remove_results(paths); });
    const auto next = std::make_shared<std::size_t>(0);
    enter_in_order([this, all, next, done] {
      const std::size_t end = std::min(all->size(), *next + kRetriedInATurn);
      for (; *next < end; ++*next) {
        Retried& retried = (*all)[*next];
        --entering_;
        retrying_.erase(retried.row.id);
        --counts_[retried.before];
        groups_.count(retried.row.group, retried.before, -1);
        groups_.count(retried.row.group, RunStatus::kPending, 1);
        if (const RunGroup* group = groups_.find(retried.row.group)) observer_.on_group_changed(*group);
        enter(pending_again(std::move(retried.row)), {}, std::move(retried.life), nullptr);
      }
      if (end < all->size()) return false;
      done(std::nullopt);
      return true;
    });
  });
}

}  // namespace vnode
