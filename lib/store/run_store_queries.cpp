#include <algorithm>
#include <limits>

#include "store/run_store.h"
#include "store/run_store_state.h"

namespace vnode {
namespace {

/// In the order in which `read_row` takes them.
constexpr std::string_view kSelectRows =
    "SELECT number, id, status, queue, priority, attempt, retries, retries_interrupts, workflow, "
    "description, "
    "created_at, started_at, completed_at, duration, exit_code, error, info, resources, summary, timeout, "
    "key, "
    "digest, event_bytes, paused_at, pause_stops_processes, parameters, group_number, group_value, "
    "dependencies, told_seq, resumes_interrupts, resume FROM runs ";

std::optional<std::int64_t> optional_integer(const Statement& statement, int column) {
  if (statement.is_null(column)) return std::nullopt;
  return statement.integer(column);
}

std::optional<double> optional_real(const Statement& statement, int column) {
  if (statement.is_null(column)) return std::nullopt;
  return statement.real(column);
}

/// A word that is none means that the store was damaged.
Result<RunStatus> read_status(const Statement& statement, int column, std::string_view whose) {
  const std::string text = statement.text(column);
  if (const std::optional<RunStatus> status = parse_run_status(text)) return *status;
  return Error{ErrorCode::kBadDocument,
               "the store is damaged: " + std::string(whose) + " has the status '" + text + "'"};
}

Result<RunRow> read_row(const Statement& statement) {
  RunRow row;
  row.number = statement.integer(0);
  row.id = statement.text(1);
  const Result<RunStatus> status = read_status(statement, 2, row.id);
  if (!status) return status.error();
  row.status = *status;
  row.queue = statement.text(3);
  row.priority = static_cast<int>(statement.integer(4));
  row.attempt = static_cast<int>(statement.integer(5));
  row.retries = static_cast<int>(statement.integer(6));
  row.retries_interrupts = statement.integer(7) != 0;
  row.workflow = statement.text(8);
  row.description = statement.text(9);
  row.created_at = statement.integer(10);
  row.started_at = optional_integer(statement, 11);
  row.completed_at = optional_integer(statement, 12);
  row.duration = optional_real(statement, 13);
  if (!statement.is_null(14)) row.exit_code = static_cast<int>(statement.integer(14));
  row.error = statement.text(15);
  row.info = statement.text(16);
  row.resources = statement.text(17);
  row.summary = statement.text(18);
  row.timeout = optional_real(statement, 19);
  row.key = statement.text(20);
  row.digest = statement.text(21);
  row.event_bytes = statement.integer(22);
  row.paused_at = optional_integer(statement, 23);
  row.pause_stops_processes = statement.integer(24) != 0;
  row.parameters = statement.text(25);
  row.group = optional_integer(statement, 26).value_or(0);
  row.group_value = statement.text(27);
  row.dependencies = statement.text(28);
  row.told_seq = statement.integer(29);
  row.resumes_interrupts = statement.integer(30) != 0;
  row.resume = statement.text(31);
  return row;
}

Result<std::vector<RunRow>> read_rows(Statement& statement) {
  std::vector<RunRow> rows;
  while (true) {
    const Result<bool> found = statement.step();
    if (!found) return found.error();
    if (!*found) return rows;
    Result<RunRow> row = read_row(statement);
    if (!row) return row.error();
    rows.push_back(std::move(*row));
  }
}

Result<std::optional<RunRow>> read_one(Result<Statement> statement, std::string_view parameter) {
  if (!statement) return statement.error();
  const Result<bool> found = statement->bind(parameter).step();
  if (!found) return found.error();
  if (!*found) return std::optional<RunRow>();
  Result<RunRow> row = read_row(*statement);
  if (!row) return row.error();
  return std::optional<RunRow>(std::move(*row));
}

Result<std::vector<std::string>> read_texts(Statement& statement) {
  std::vector<std::string> texts;
  while (true) {
    const Result<bool> found = statement.step();
    if (!found) return found.error();
    if (!*found) return texts;
    texts.push_back(statement.text(0));
  }
}

std::int64_t limit_number(std::size_t limit) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return limit < static_cast<std::size_t>(kMost) ? static_cast<std::int64_t>(limit) : kMost;
}

/// One SELECT for each status: SQLite takes from each what is newest, so that rare ones are found by index.
class ListQuery {
 public:
  explicit ListQuery(const RunFilter& filter) : filter_(filter), statuses_(filter.statuses) {
    // The indexes of groups, and of the runs in none, have the status first.
    if (statuses_.empty() && (filter.is_alone || filter.group != 0))
      statuses_.assign(kTableStatuses.begin(), kTableStatuses.end());
    std::sort(statuses_.begin(), statuses_.end());
    statuses_.erase(std::unique(statuses_.begin(), statuses_.end()), statuses_.end());
  }

  std::string sql() const {
    std::string sql = select();
    for (std::size_t i = 1; i < statuses_.size(); ++i) sql += "UNION ALL " + select();
    return sql + "ORDER BY number DESC LIMIT ?";
  }
  void bind(Statement& statement) const {
    for (std::size_t i = 0; i < std::max<std::size_t>(statuses_.size(), 1); ++i) {
      if (!statuses_.empty()) statement.bind(word(statuses_[i]));
      if (!filter_.queue.empty()) statement.bind(filter_.queue);
      if (!filter_.workflow.empty()) statement.bind(filter_.workflow);
      if (filter_.group != 0) statement.bind(filter_.group);
      for (const auto& [name, text] : filter_.info) statement.bind(name).bind(text);
      if (filter_.before) statement.bind(*filter_.before);
    }
    statement.bind(limit_number(filter_.limit));
  }

 private:
  std::string select() const {
    std::string sql(kSelectRows);
    if (filter_.is_alone) sql += "INDEXED BY runs_alone ";
    sql += "WHERE true ";
    if (!statuses_.empty()) sql += "AND status = ? ";
    if (!filter_.queue.empty()) sql += "AND queue = ? ";
    if (!filter_.workflow.empty()) sql += "AND instr(workflow, ?) > 0 ";
    if (filter_.group != 0) sql += "AND group_number = ? ";
    if (filter_.is_alone) sql += "AND group_number IS NULL ";
    for (std::size_t i = 0; i < filter_.info.size(); ++i) {
      sql +=
          "AND CASE WHEN json_valid(info) THEN EXISTS "
          "(SELECT 1 FROM json_each(info) WHERE key = ? AND CAST(value AS TEXT) = ?) ELSE false END ";
    }
    if (filter_.before) sql += "AND number < ? ";
    return sql;
  }

  const RunFilter& filter_;
  std::vector<RunStatus> statuses_;
};

/// Of all runs that have ended.
struct Ended {
  std::int64_t runs = 0;
  std::int64_t event_bytes = 0;
  std::int64_t submission_bytes = 0;

  std::int64_t bytes() const { return event_bytes + submission_bytes; }
};

Result<Ended> count_ended(Database& database) {
  Result<Statement> statement = database.statement(
      "SELECT count(*), coalesce(sum(event_bytes), 0), coalesce(sum(submission_bytes), 0) FROM runs "
      "WHERE completed_at IS NOT NULL");
  if (!statement) return statement.error();
  const Result<bool> found = statement->step();
  if (!found) return found.error();
  return Ended{statement->integer(0), statement->integer(1), statement->integer(2)};
}

std::int64_t microseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

Result<RunStore::Last> RunStore::last() {
  Result<Statement> statement = state_->database->statement("SELECT number, id FROM last");
  if (!statement) return statement.error();
  const Result<bool> found = statement->step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::kBadDocument, "the number of the newest run is missing"};
  return Last{statement->integer(0), statement->text(1)};
}

Result<std::optional<std::string>> RunStore::oldest_id() {
  Result<Statement> statement = state_->database->statement("SELECT id FROM runs ORDER BY number LIMIT 1");
  if (!statement) return statement.error();
  const Result<bool> found = statement->step();
  if (!found) return found.error();
  if (!*found) return std::optional<std::string>();
  return std::optional<std::string>(statement->text(0));
}

Result<std::optional<RunRow>> RunStore::find(std::string_view id) {
  return read_one(state_->database->statement(std::string(kSelectRows) + "WHERE id = ?"), id);
}

Result<std::optional<RunRow>> RunStore::find_key(std::string_view key) {
  return read_one(state_->database->statement(std::string(kSelectRows) + "WHERE key = ?"), key);
}

Result<std::vector<std::string>> RunStore::ids_with_prefix(std::string_view prefix, std::size_t limit) {
  // DEL comes behind everything that an id is made of.
  const std::string behind = std::string(prefix) + '\x7f';
  Result<Statement> statement =
      state_->database->statement("SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?");
  if (!statement) return statement.error();
  statement->bind(prefix).bind(behind).bind(limit_number(limit));
  return read_texts(*statement);
}

Result<std::vector<RunRow>> RunStore::list(const RunFilter& filter) {
  const ListQuery query(filter);
  Result<Statement> statement = state_->database->statement(query.sql());
  if (!statement) return statement.error();
  query.bind(*statement);
  return read_rows(*statement);
}

Result<std::vector<RunRow>> RunStore::unfinished() {
  Result<Statement> statement = state_->database->statement(
      std::string(kSelectRows) + "WHERE status IN ('pending', 'running') ORDER BY number");
  if (!statement) return statement.error();
  return read_rows(*statement);
}

Result<std::optional<StoredSubmission>> RunStore::submission(std::string_view id) {
  Result<Statement> statement = state_->database->statement(
      "SELECT coalesce(shared.workflow, own.workflow), own.request, coalesce(shared.request, '') "
      "FROM runs JOIN submissions AS own USING (number) "
      "LEFT JOIN group_submissions AS shared ON shared.number = runs.group_number WHERE id = ?");
  if (!statement) return statement.error();
  const Result<bool> found = statement->bind(id).step();
  if (!found) return found.error();
  if (!*found) return std::optional<StoredSubmission>();
  return std::optional<StoredSubmission>({statement->text(0), statement->text(1), statement->text(2)});
}

Result<std::optional<StoredSubmission>> RunStore::request(std::string_view id) {
  Result<Statement> statement = state_->database->statement(
      "SELECT own.request, coalesce(shared.request, '') FROM runs JOIN submissions AS own USING (number) "
      "LEFT JOIN group_submissions AS shared ON shared.number = runs.group_number WHERE id = ?");
  if (!statement) return statement.error();
  const Result<bool> found = statement->bind(id).step();
  if (!found) return found.error();
  if (!*found) return std::optional<StoredSubmission>();
  return std::optional<StoredSubmission>({"", statement->text(0), statement->text(1)});
}

Result<std::optional<StoredSubmission>> RunStore::request_of_group(std::int64_t number) {
  Result<Statement> statement =
      state_->database->statement("SELECT request FROM group_submissions WHERE number = ?");
  if (!statement) return statement.error();
  const Result<bool> found = statement->bind(number).step();
  if (!found) return found.error();
  if (!*found) return std::optional<StoredSubmission>();
  return std::optional<StoredSubmission>({"", statement->text(0), ""});
}

Result<std::optional<std::string>> RunStore::results(std::string_view id) {
  Result<Statement> statement =
      state_->database->statement("SELECT text FROM results JOIN runs USING (number) WHERE id = ?");
  if (!statement) return statement.error();
  const Result<bool> found = statement->bind(id).step();
  if (!found) return found.error();
  if (!*found) return std::optional<std::string>();
  return std::optional<std::string>(statement->text(0));
}

Result<std::vector<QueueRow>> RunStore::queues() {
  Result<Statement> statement =
      state_->database->statement("SELECT name, concurrency, is_paused FROM queues ORDER BY name");
  if (!statement) return statement.error();
  std::vector<QueueRow> queues;
  while (true) {
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) return queues;
    queues.push_back({statement->text(0), statement->integer(1), statement->integer(2) != 0});
  }
}

Result<std::vector<RunStore::Count>> RunStore::counts() {
  Result<Statement> statement =
      state_->database->statement("SELECT status, count(*) FROM runs GROUP BY status ORDER BY status");
  if (!statement) return statement.error();
  std::vector<Count> counts;
  while (true) {
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) return counts;
    const Result<RunStatus> status = read_status(*statement, 0, "a run");
    if (!status) return status.error();
    counts.push_back({*status, statement->integer(1)});
  }
}

Result<std::vector<std::string>> RunStore::ended_ids(const std::vector<RunStatus>& statuses,
                                                     std::optional<std::int64_t> ended_before) {
  std::string sql = "SELECT id, status FROM runs WHERE completed_at IS NOT NULL ";
  if (ended_before) sql += "AND completed_at < ? ";
  Result<Statement> statement = state_->database->statement(sql + "ORDER BY number");
  if (!statement) return statement.error();
  if (ended_before) statement->bind(*ended_before);
  std::vector<std::string> ids;
  while (true) {
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) return ids;
    std::string id = statement->text(0);
    const Result<RunStatus> status = read_status(*statement, 1, id);
    if (!status) return status.error();
    if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), *status) == statuses.end()) continue;
    ids.push_back(std::move(id));
  }
}

Result<std::optional<std::int64_t>> RunStore::newest_time() {
  Result<Statement> statement =
      state_->database->statement("SELECT max(max(created_at, coalesce(completed_at, 0))) FROM runs");
  if (!statement) return statement.error();
  const Result<bool> found = statement->step();
  if (!found) return found.error();
  return *found ? optional_integer(*statement, 0) : std::nullopt;
}

Result<std::int64_t> RunStore::event_bytes() {
  const Result<Ended> kept = count_ended(*state_->database);
  return kept ? Result<std::int64_t>(kept->event_bytes) : kept.error();
}

Result<std::vector<std::string>> RunStore::over_retention(const Retention& retention, std::int64_t now,
                                                          std::size_t most) {
  Result<Ended> kept = count_ended(*state_->database);
  if (!kept) return kept.error();
  Result<Statement> statement = state_->database->statement(
      "SELECT id, completed_at, event_bytes, submission_bytes FROM runs WHERE completed_at IS NOT NULL "
      "ORDER BY completed_at, number");
  if (!statement) return statement.error();
  std::vector<std::string> ids;
  while (ids.size() < most) {
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) break;
    const bool is_over = (retention.age && statement->integer(1) < now - microseconds(*retention.age)) ||
                         (retention.runs && kept->runs > *retention.runs) ||
                         // (Not the youngest: a run that is larger than all may be is not lost at its end.)
                         (retention.event_bytes && kept->bytes() > *retention.event_bytes && kept->runs > 1);
    // Each limit is met by all that are younger.
    if (!is_over) break;
    ids.push_back(statement->text(0));
    --kept->runs;
    kept->event_bytes -= statement->integer(2);
    kept->submission_bytes -= statement->integer(3);
  }
  return ids;
}

}  // namespace vnode
