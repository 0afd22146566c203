// The part of RunBook that tries runs again that have ended (rule 24).
#include <algorithm>
#include <filesystem>
#include <utility>

#include "daemon/attempt_journal.h"
#include "daemon/reply.h"
#include "daemon/run_book.h"
#include "daemon/run_results.h"
#include "daemon/run_row_text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "rpc/submission.h"

namespace vnode {
namespace {

constexpr std::size_t kRetriedInATurn = 64;

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

Error no_journal(const std::string& id) {
  return {ErrorCode::kUnreadable, "no_journal: run " + id + " has no journal, and nothing to go on from"};
}

/// The parameters behind those that it has.
Result<std::string> request_with(const std::string& request, const std::vector<Override>& params) {
  const Result<Value> read = parse_json(request);
  if (!read || !read->is_dict()) return Error{ErrorCode::kNotFound, "the stored request is damaged"};
  Dict all = read->as_dict();
  std::vector<Value> list;
  for (const Value& param : list_member(*read, "params")) list.push_back(param);
  const Dict added = submission_params({.params = params});
  for (const Value& param : list_member(added, "params")) list.push_back(param);
  all.set("params", Value::list(std::move(list)));
  std::string text;
  append_json(text, Value(std::move(all)), NonFinite::kBare);
  return text;
}

/// What is shown of the workflow's parameters, with those of them that are set now.
std::string parameters_with(const std::string& parameters, const std::vector<Override>& params) {
  const Result<Value> read = parse_json(parameters.empty() ? "{}" : parameters);
  if (!read || !read->is_dict()) return parameters;
  Dict all = read->as_dict();
  for (const Override& param : params) {
    const Value* before = param.port ? nullptr : all.find(param.target);
    if (!before) continue;
    const auto* text = std::get_if<std::string>(&param.value);
    const Result<Value> value = !text               ? std::get<Value>(param.value)
                                : before->is_text() ? Result<Value>(Value(*text))
                                                    : parse_json(*text);
    all.set(Value(param.target), value ? *value : Value(*text));
  }
  std::string out;
  if (!all.empty()) append_json(out, Value(std::move(all)), NonFinite::kBare);
  return out;
}

/// As rows have it (RunRow::resume); empty: from the beginning.
std::string resume_text(const RunBook::Retrying& how, bool has_journal) {
  if (!how.resumes || !has_journal) return {};
  Dict resume;
  if (!how.from.empty())
    resume.set("from", Value::list(std::vector<Value>(how.from.begin(), how.from.end())));
  std::string text;
  append_json(text, Value(std::move(resume)));
  return text;
}

/// What was told of its events stays; the next attempt goes on behind, and from its journal if it is to.
void note_what_is_there(RunRow& row, const std::string& event_path, const RunBook::Retrying& how) {
  const EventFileEnd end = find_event_file_end(event_path);
  const std::int64_t journal = journal_bytes(event_path);
  row.told_seq = static_cast<std::int64_t>(end.last_seq);
  row.event_bytes = static_cast<std::int64_t>(end.size) + journal;
  row.resume = resume_text(how, journal > 0);
  if (!how.params.empty()) row.parameters = parameters_with(row.parameters, how.params);
}

Result<void> retry_in_store(RunStore& store, const RunRow& row, const RunBook::Retrying& how) {
  const Result<std::optional<StoredSubmission>> submission = store.submission(row.id);
  if (!submission) return submission.error();
  if (*submission && has_secrets(**submission)) return secrets_lost(row.id);
  if (row.resume.empty() && !how.from.empty()) return no_journal(row.id);
  if (*submission && !how.params.empty()) {
    const Result<std::string> request = request_with((*submission)->request, how.params);
    if (!request) return request.error();
    if (Result<void> set = store.set_request(row.id, *request, row.parameters); !set) return set;
  }
  return store.retry(row.id, row.attempt, row.told_seq, row.event_bytes, row.dependencies, row.resume);
}

RpcError refusal_of_retry(const Error& error) {
  if (error.code == ErrorCode::kNotFound) return daemon_error("not_kept", error.message);
  if (error.code == ErrorCode::kInvalidValue) return daemon_error("not_ended", error.message);
  if (error.code == ErrorCode::kUsage) return daemon_error("secrets_lost", error.message);
  if (error.message.starts_with("no_journal")) return daemon_error("no_journal", error.message);
  return daemon_error("store_unavailable", describe(error));
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
  Dependencies dependencies = Dependencies::read(row.dependencies);
  dependencies.met.clear();
  row.dependencies = dependencies.json();
  return row;
}

}  // namespace

/// One run of those that are to be tried again.
struct RunBook::Retried {
  RunRow row;  ///< as it has ended, then as it is
  RunStatus before = RunStatus::kFailed;
  RunLife life;
  std::string event_path;
};

void RunBook::retry(std::vector<RunRow> rows, const Retrying& how,
                    std::function<void(std::optional<RpcError>)> done) {
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
  for (RunRow& row : rows) {
    const RunStatus before = row.status;
    SettledRun settled{{.number = row.attempt, .retries_left = row.retries}, {.status = before}};
    RunLife life = RunLife::ended(std::move(settled), on_interrupt_of(row));
    row = pending_again(std::move(row));
    std::string path = event_path(row.id);
    retrying_.insert(row.id);
    all->push_back({std::move(row), before, std::move(life), std::move(path)});
  }
  entering_ += all->size();
  ++unsettled_;  // a daemon that ends does this first
  const auto finish = [this, done = std::move(done)](std::optional<RpcError> refused) {
    --unsettled_;
    done(std::move(refused));
  };
  // Their events are looked at elsewhere: it takes as long as there are many of them. They have ended, so
  // nothing is added meanwhile.
  parts_.background.submit([this, all, how, finish] {
    for (auto& [row, before, life, path] : *all) {
      note_what_is_there(row, path, how);
      (void)life.retry(!row.resume.empty());  // its effects are what follows
      row.attempt = life.attempts().number;
    }
    parts_.post([this, all, how, finish] { store_retries(all, how, finish); });
  });
}

void RunBook::store_retries(const std::shared_ptr<std::vector<Retried>>& all, const Retrying& how,
                            std::function<void(std::optional<RpcError>)> done) {
  const auto change = [all, how](RunStore& store) -> Result<void> {
    for (const Retried& retried : *all) {
      if (Result<void> stored = retry_in_store(store, retried.row, how); !stored) return stored;
    }
    return {};
  };
  store_->write(change, [this, all, done = std::move(done)](Result<void> result) {
    note_store(result);
    if (!result) {
      entering_ -= all->size();
      for (const Retried& retried : *all) retrying_.erase(retried.row.id);
      return done(refusal_of_retry(result.error()));
    }
    // The results of the last attempt, which is the last no more: before the next one has any.
    parts_.background.submit([this, all, done] {
      std::error_code ignored;  // the next results take their place
      for (const Retried& retried : *all) std::filesystem::remove(results_path(retried.event_path), ignored);
      parts_.post([this, all, done] { enter_retried(all, done); });
    });
  });
}

void RunBook::enter_retried(const std::shared_ptr<std::vector<Retried>>& all,
                            std::function<void(std::optional<RpcError>)> done) {
  const auto next = std::make_shared<std::size_t>(0);
  enter_in_order([this, all, next, done = std::move(done)] {
    const std::size_t end = std::min(all->size(), *next + kRetriedInATurn);
    for (; *next < end; ++*next) {
      Retried& retried = (*all)[*next];
      --entering_;
      retrying_.erase(retried.row.id);
      --counts_[retried.before];
      groups_.count(retried.row.group, retried.before, -1);
      groups_.count(retried.row.group, RunStatus::kPending, 1);
      if (const RunGroup* group = groups_.find(retried.row.group)) observer_.on_group_changed(*group);
      enter(std::move(retried.row), {}, std::move(retried.life), nullptr);
    }
    if (end < all->size()) return false;
    done(std::nullopt);
    return true;
  });
}

}  // namespace vnode
