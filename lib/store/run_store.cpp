#include "store/run_store.h"

#include <utility>

#include "store/run_store_state.h"
#include "store/store_file.h"

namespace vnode {
namespace {

using Change = std::function<Result<void>(RunStore&)>;

/// How many pages a commit gives back at most, when more than a quarter of the file is free.
constexpr std::int64_t kPagesGivenBack = 256;

Error lost(const std::string& how) {
  return Error{ErrorCode::kUnavailable, "the store is lost: " + how + " while it was in use"};
}

Result<void> run(Database& database, std::string_view sql) {
  Result<Statement> statement = database.statement(sql);
  if (!statement) return statement.error();
  return statement->run();
}

/// SQLite may give up the whole transaction by itself when the disk is full or fails; `database` is no longer
/// in one then.
Result<void> apply(Database& database, RunStore& store, const Change& change) {
  if (Result<void> marked = run(database, "SAVEPOINT change"); !marked) return marked;
  Result<void> changed = change(store);
  if (!database.is_in_transaction()) return changed;
  if (!changed) (void)run(database, "ROLLBACK TO change");
  if (Result<void> released = run(database, "RELEASE change"); !released) return released;
  return changed;
}

Result<void> keep_results(Database& database, const std::string& id, std::string_view results) {
  if (results.empty()) return {};
  Result<Statement> statement =
      database.statement("INSERT INTO results (number, text) SELECT number, ? FROM runs WHERE id = ?");
  if (!statement) return statement.error();
  return statement->bind(results).bind(id).run();
}

/// True when there are more to be given back, a few at a time.
Result<bool> give_pages_back(Database& database) {
  const Result<std::int64_t> free = database.number("PRAGMA freelist_count");
  if (!free) return free.error();
  const Result<std::int64_t> pages = database.number("PRAGMA page_count");
  if (!pages) return pages.error();
  if (*free < kPagesGivenBack || *free * 4 < *pages) return false;
  const Result<void> done =
      database.execute("PRAGMA incremental_vacuum(" + std::to_string(kPagesGivenBack) + ")");
  if (!done) return done.error();
  return true;
}

/// Which columns `insert` fills, in the order of `bind_row`.
constexpr std::string_view kInsert =
    "INSERT INTO runs (number, id, status, queue, priority, attempt, retries, retries_interrupts, workflow, "
    "description, created_at, started_at, completed_at, duration, exit_code, error, info, resources, "
    "summary, "
    "timeout, key, digest, event_bytes, paused_at, pause_stops_processes, parameters, group_number, "
    "group_value, dependencies, submission_bytes, resumes_interrupts, resume) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?)";

/// Retention counts from the end: what has ended has a time of it.
std::optional<std::int64_t> end_of(const RunRow& row) {
  if (row.completed_at || !is_ended(row.status)) return row.completed_at;
  return row.created_at;
}

void bind_row(Statement& statement, const RunRow& row, const StoredSubmission& submission) {
  statement.bind(row.number).bind(row.id).bind(word(row.status)).bind(row.queue).bind(row.priority);
  statement.bind(row.attempt).bind(row.retries).bind(int{row.retries_interrupts});
  statement.bind(row.workflow).bind(row.description).bind(row.created_at).bind(row.started_at);
  statement.bind(end_of(row)).bind(row.duration).bind(row.exit_code).bind(row.error).bind(row.info);
  statement.bind(row.resources).bind(row.summary).bind(row.timeout);
  row.key.empty() ? statement.bind_null() : statement.bind(row.key);
  statement.bind(row.digest).bind(row.event_bytes).bind(row.paused_at);
  statement.bind(int{row.pause_stops_processes}).bind(row.parameters);
  row.group == 0 ? statement.bind_null() : statement.bind(row.group);
  statement.bind(row.group_value).bind(row.dependencies);
  statement.bind(static_cast<std::int64_t>(submission.workflow.size() + submission.request.size()));
  statement.bind(int{row.resumes_interrupts}).bind(row.resume);
}

/// Why a run that was to be changed was not.
Error not_changed(RunStore& store, std::string_view id) {
  const Result<std::optional<RunRow>> row = store.find(id);
  if (!row) return row.error();
  if (!*row) return Error{ErrorCode::kNotFound, "there is no run " + std::string(id)};
  return Error{ErrorCode::kInvalidValue,
               "run " + std::string(id) + " has ended already: " + std::string(word((*row)->status))};
}

/// Why a run was not tried again.
Error not_retried(RunStore& store, std::string_view id) {
  const Result<std::optional<RunRow>> row = store.find(id);
  if (!row) return row.error();
  const std::string run = "run " + std::string(id);
  if (!*row) return Error{ErrorCode::kNotFound, "there is no " + run};
  if (!is_ended((*row)->status)) return Error{ErrorCode::kInvalidValue, run + " has not ended"};
  return Error{ErrorCode::kNotFound, "what was submitted for " + run + " is not kept any more"};
}

/// After a statement that changes one run.
Result<void> run_one(Database& database, RunStore& store, Statement& statement, std::string_view id) {
  if (Result<void> done = statement.run(); !done) return done;
  if (database.changes() == 0) return not_changed(store, id);
  return {};
}

}  // namespace

RunStore::RunStore() = default;

RunStore::~RunStore() {
  // Nothing of ours is merged into files of somebody else.
  if (state_ && state_->identity.difference()) state_->database->keep_log(true);
}

Result<std::unique_ptr<RunStore>> RunStore::open(const std::string& folder) {
  Result<std::unique_ptr<Database>> database = open_store_file(folder, schema_steps());
  if (!database) return database.error();
  std::unique_ptr<RunStore> store(new RunStore());
  store->state_ = std::make_unique<State>(std::move(*database));
  return store;
}

Result<void> RunStore::keep_reserve() {
  const std::string& path = state_->database->path();
  state_->reserve.emplace(path.substr(0, path.rfind('/')) + "/reserve");
  return state_->reserve->fill();
}

Result<void> RunStore::check() {
  if (const auto difference = state_->identity.difference()) return lost(*difference);
  return state_->reserve ? state_->reserve->fill() : Result<void>();
}

Result<std::unique_ptr<RunStore>> RunStore::open_reader(const std::string& folder) {
  Result<std::unique_ptr<Database>> database = open_store_reader(folder);
  if (!database) return database.error();
  std::unique_ptr<RunStore> store(new RunStore());
  store->state_ = std::make_unique<State>(std::move(*database));
  return store;
}

bool RunStore::full() const { return state_->database->is_full(); }

std::vector<Result<void>> RunStore::transact(const std::vector<Change>& changes) {
  const auto all = [&changes](const std::string& how) {
    return std::vector<Result<void>>(changes.size(), lost(how));
  };
  if (const auto difference = state_->identity.difference()) return all(*difference);
  std::vector<Result<void>> results = try_transact(changes);
  state_->is_spending = true;
  // A commit that fails merges the log into the file, which alone may have made enough space.
  bool may_have_space = true;
  while (!state_->has_committed && full() &&
         (std::exchange(may_have_space, false) || (state_->reserve && state_->reserve->give()))) {
    results = try_transact(changes);
  }
  state_->is_spending = false;
  if (const auto replacement = state_->identity.replacement()) return all(*replacement);
  state_->identity.remember();
  return results;
}

std::vector<Result<void>> RunStore::try_transact(const std::vector<Change>& changes) {
  Database& database = *state_->database;
  // Merging what is committed into the file empties the log, and so gets rid of what is not.
  if (state_->has_stale_frames && run(database, "PRAGMA wal_checkpoint(TRUNCATE)")) {
    state_->has_stale_frames = false;
  }
  database.clear_full();
  std::vector<Result<void>> results;
  results.reserve(changes.size());
  Result<void> whole = run(database, "BEGIN IMMEDIATE");
  for (std::size_t i = 0; whole && i < changes.size(); ++i) {
    results.push_back(apply(database, *this, changes[i]));
    if (!database.is_in_transaction()) {
      whole = results.back() ? Error{ErrorCode::kIo, "the transaction was given up"} : results.back();
    }
  }
  if (whole && state_->may_shrink) {
    const Result<bool> has_more = give_pages_back(database);
    state_->may_shrink = has_more && *has_more;
    if (!has_more) whole = has_more.error();
  }
  if (whole) whole = run(database, "COMMIT");
  state_->has_committed = whole.ok();
  if (!whole) {
    if (database.is_in_transaction()) (void)run(database, "ROLLBACK");
    state_->has_stale_frames = !run(database, "PRAGMA wal_checkpoint(TRUNCATE)");
    return std::vector<Result<void>>(changes.size(), whole);
  }
  return results;
}

Result<void> RunStore::insert(const RunRow& row, const StoredSubmission& submission) {
  Database& database = *state_->database;
  if (state_->reserve && !state_->reserve->is_whole()) {
    if (state_->is_spending) return Error{ErrorCode::kIo, "the disk is full", {database.path()}};
    if (Result<void> filled = state_->reserve->fill(); !filled) return filled;
  }
  if (!row.key.empty()) {
    const Result<std::optional<RunRow>> taken = find_key(row.key);
    if (!taken) return taken.error();
    if (*taken) return Error{ErrorCode::kInvalidValue, "the key is taken by run " + (*taken)->id};
  }
  {
    Result<Statement> last = database.statement("UPDATE last SET number = ?, id = ? WHERE number < ?");
    if (!last) return last.error();
    if (Result<void> done = last->bind(row.number).bind(row.id).bind(row.number).run(); !done) return done;
    if (database.changes() == 0) {
      return Error{ErrorCode::kInvalidValue, "run number " + std::to_string(row.number) + " was used before"};
    }
  }
  Result<Statement> run = database.statement(kInsert);
  if (!run) return run.error();
  bind_row(*run, row, submission);
  if (Result<void> done = run->run(); !done) return done;
  if (is_ended(row.status)) return {};
  Result<Statement> body =
      database.statement("INSERT INTO submissions (number, workflow, request) VALUES (?, ?, ?)");
  if (!body) return body.error();
  return body->bind(row.number).bind(submission.workflow).bind(submission.request).run();
}

Result<void> RunStore::mark_running(std::string_view id, int attempt, std::int64_t started_at) {
  Result<Statement> statement = state_->database->statement(
      "UPDATE runs SET status = 'running', attempt = ?, started_at = ? "
      "WHERE id = ? AND status IN ('pending', 'running')");
  if (!statement) return statement.error();
  statement->bind(attempt).bind(started_at).bind(id);
  return run_one(*state_->database, *this, *statement, id);
}

Result<void> RunStore::mark_pending(std::string_view id, int attempt, int retries_left,
                                    std::string_view resume) {
  Result<Statement> statement = state_->database->statement(
      "UPDATE runs SET status = 'pending', attempt = ?, retries = ?, resume = ?, started_at = NULL "
      "WHERE id = ? AND status IN ('pending', 'running')");
  if (!statement) return statement.error();
  statement->bind(attempt).bind(retries_left).bind(resume).bind(id);
  return run_one(*state_->database, *this, *statement, id);
}

Result<void> RunStore::set_pause(std::string_view id, std::optional<std::int64_t> paused_at,
                                 bool stops_processes) {
  Result<Statement> statement = state_->database->statement(
      "UPDATE runs SET paused_at = ?, pause_stops_processes = ? "
      "WHERE id = ? AND status IN ('pending', 'running')");
  if (!statement) return statement.error();
  return statement->bind(paused_at).bind(int{stops_processes}).bind(id).run();
}

Result<void> RunStore::finish(const RunRow& row, std::string_view results) {
  if (!is_ended(row.status)) {
    return Error{ErrorCode::kInvalidValue, "a run does not end as " + std::string(word(row.status))};
  }
  Result<Statement> statement = state_->database->statement(
      "UPDATE runs SET status = ?, attempt = max(attempt, ?), started_at = coalesce(?, started_at), "
      "completed_at = coalesce(?, created_at), duration = ?, exit_code = ?, error = ?, summary = ?, "
      "event_bytes = ?, paused_at = NULL WHERE id = ? AND status IN ('pending', 'running')");
  if (!statement) return statement.error();
  statement->bind(word(row.status)).bind(row.attempt).bind(row.started_at).bind(row.completed_at);
  statement->bind(row.duration).bind(row.exit_code).bind(row.error).bind(row.summary);
  statement->bind(row.event_bytes).bind(row.id);
  if (Result<void> done = run_one(*state_->database, *this, *statement, row.id); !done) return done;
  return keep_results(*state_->database, row.id, results);
}

Result<void> RunStore::retry(std::string_view id, int attempt, std::int64_t told_seq,
                             std::int64_t event_bytes, std::string_view dependencies,
                             std::string_view resume) {
  Database& database = *state_->database;
  Result<Statement> row = database.statement(
      "UPDATE runs SET status = 'pending', attempt = ?, started_at = NULL, completed_at = NULL, duration = "
      "NULL, "
      "exit_code = NULL, error = '', summary = '', told_seq = ?, event_bytes = ?, dependencies = ?, "
      "resume = ? "
      "WHERE id = ? AND status NOT IN ('pending', 'running') "
      "AND EXISTS (SELECT 1 FROM submissions WHERE submissions.number = runs.number)");
  if (!row) return row.error();
  row->bind(attempt).bind(told_seq).bind(event_bytes).bind(dependencies).bind(resume).bind(id);
  if (Result<void> done = row->run(); !done) return done;
  if (database.changes() == 0) return not_retried(*this, id);
  Result<Statement> results =
      database.statement("DELETE FROM results WHERE number = (SELECT number FROM runs WHERE id = ?)");
  if (!results) return results.error();
  return results->bind(id).run();
}

Result<void> RunStore::set_request(std::string_view id, std::string_view request,
                                   std::string_view parameters) {
  Result<Statement> body = state_->database->statement(
      "UPDATE submissions SET request = ? WHERE number = (SELECT number FROM runs WHERE id = ?)");
  if (!body) return body.error();
  if (Result<void> done = body->bind(request).bind(id).run(); !done) return done;
  Result<Statement> row = state_->database->statement(
      "UPDATE runs SET parameters = ?, submission_bytes = (SELECT length(CAST(workflow AS BLOB)) + "
      "length(CAST(request AS BLOB)) FROM submissions WHERE submissions.number = runs.number) WHERE id = ?");
  if (!row) return row.error();
  return row->bind(parameters).bind(id).run();
}

Result<void> RunStore::set_dependencies(std::string_view id, std::string_view dependencies) {
  Result<Statement> statement = state_->database->statement("UPDATE runs SET dependencies = ? WHERE id = ?");
  if (!statement) return statement.error();
  return statement->bind(dependencies).bind(id).run();
}

Result<void> RunStore::remove(const std::vector<std::string>& ids) {
  Result<Statement> body = state_->database->statement(
      "DELETE FROM submissions WHERE number = (SELECT number FROM runs WHERE id = ?)");
  if (!body) return body.error();
  Result<Statement> results = state_->database->statement(
      "DELETE FROM results WHERE number = (SELECT number FROM runs WHERE id = ?)");
  if (!results) return results.error();
  Result<Statement> run = state_->database->statement("DELETE FROM runs WHERE id = ?");
  if (!run) return run.error();
  const Result<std::vector<GroupCount>> groups = group_counts_of(ids);
  if (!groups) return groups.error();
  for (const std::string& id : ids) {
    for (Statement* statement : {&*body, &*results, &*run}) {
      if (Result<void> done = statement->again().bind(id).run(); !done) return done;
    }
  }
  state_->may_shrink = true;
  return remove_empty_groups(*groups);
}

Result<void> RunStore::save_queue(const QueueRow& queue) {
  Result<Statement> statement = state_->database->statement(
      "INSERT INTO queues (name, concurrency, is_paused) VALUES (?, ?, ?) "
      "ON CONFLICT (name) DO UPDATE SET concurrency = excluded.concurrency, is_paused = excluded.is_paused");
  if (!statement) return statement.error();
  return statement->bind(queue.name).bind(queue.concurrency).bind(int{queue.is_paused}).run();
}

Result<void> RunStore::remove_queue(std::string_view name) {
  Result<Statement> statement = state_->database->statement("DELETE FROM queues WHERE name = ?");
  if (!statement) return statement.error();
  return statement->bind(name).run();
}

}  // namespace vnode
