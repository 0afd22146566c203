// The part of RunStore that keeps groups of runs.
#include <map>
#include <optional>
#include <utility>

#include "store/run_store.h"
#include "store/run_store_state.h"

namespace vnode {
namespace {

Result<RunStatus> status_of_count(const std::string& text) {
  if (const std::optional<RunStatus> status = parse_run_status(text)) return *status;
  return Error{ErrorCode::kBadDocument, "the store is damaged: a run has the status '" + text + "'"};
}

}  // namespace

Result<void> RunStore::insert_group(const GroupRow& group, const StoredSubmission& shared) {
  Database& database = *state_->database;
  Result<Statement> row = database.statement(
      "INSERT INTO groups (number, id, size, parameter, queue, priority, workflow, description, created_at, "
      "info) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!row) return row.error();
  row->bind(group.number).bind(group.id).bind(group.size).bind(group.parameter).bind(group.queue);
  row->bind(group.priority).bind(group.workflow).bind(group.description).bind(group.created_at);
  if (Result<void> done = row->bind(group.info).run(); !done) return done;
  Result<Statement> body =
      database.statement("INSERT INTO group_submissions (number, workflow, request) VALUES (?, ?, ?)");
  if (!body) return body.error();
  return body->bind(group.number).bind(shared.workflow).bind(shared.request).run();
}

Result<std::vector<GroupRow>> RunStore::groups() {
  Result<Statement> statement = state_->database->statement(
      "SELECT number, id, size, parameter, queue, priority, workflow, description, created_at, info "
      "FROM groups ORDER BY number");
  if (!statement) return statement.error();
  std::vector<GroupRow> groups;
  while (true) {
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) return groups;
    GroupRow group;
    group.number = statement->integer(0);
    group.id = statement->text(1);
    group.size = statement->integer(2);
    group.parameter = statement->text(3);
    group.queue = statement->text(4);
    group.priority = static_cast<int>(statement->integer(5));
    group.workflow = statement->text(6);
    group.description = statement->text(7);
    group.created_at = statement->integer(8);
    group.info = statement->text(9);
    groups.push_back(std::move(group));
  }
}

Result<std::vector<GroupCount>> RunStore::group_counts() {
  Result<Statement> statement = state_->database->statement(
      "SELECT group_number, status, count(*) FROM runs WHERE group_number IS NOT NULL "
      "GROUP BY group_number, status");
  if (!statement) return statement.error();
  std::vector<GroupCount> counts;
  while (true) {
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) return counts;
    const Result<RunStatus> status = status_of_count(statement->text(1));
    if (!status) return status.error();
    counts.push_back({statement->integer(0), *status, statement->integer(2)});
  }
}

Result<std::vector<std::pair<std::int64_t, std::int64_t>>> RunStore::group_ends() {
  Result<Statement> statement = state_->database->statement(
      "SELECT group_number, max(completed_at) FROM runs WHERE group_number IS NOT NULL "
      "AND status NOT IN ('pending', 'running') GROUP BY group_number");
  if (!statement) return statement.error();
  std::vector<std::pair<std::int64_t, std::int64_t>> ends;
  while (true) {
    const Result<bool> found = statement->step();
    if (!found) return found.error();
    if (!*found) return ends;
    ends.emplace_back(statement->integer(0), statement->integer(1));
  }
}

Result<std::vector<GroupCount>> RunStore::group_counts_of(const std::vector<std::string>& ids) {
  Result<Statement> statement = state_->database->statement(
      "SELECT group_number, status FROM runs WHERE id = ? AND group_number IS NOT NULL");
  if (!statement) return statement.error();
  std::map<std::pair<std::int64_t, RunStatus>, std::int64_t> found;
  for (const std::string& id : ids) {
    const Result<bool> is_there = statement->again().bind(id).step();
    if (!is_there) return is_there.error();
    if (!*is_there) continue;
    const Result<RunStatus> status = status_of_count(statement->text(1));
    if (!status) return status.error();
    ++found[{statement->integer(0), *status}];
  }
  std::vector<GroupCount> counts;
  for (const auto& [key, runs] : found) counts.push_back({key.first, key.second, runs});
  return counts;
}

Result<void> RunStore::remove_empty_groups(const std::vector<GroupCount>& perhaps) {
  for (const char* sql : {"DELETE FROM group_submissions WHERE number = ? AND NOT EXISTS "
                          "(SELECT 1 FROM runs WHERE group_number = ?)",
                          "DELETE FROM groups WHERE number = ? AND NOT EXISTS "
                          "(SELECT 1 FROM runs WHERE group_number = ?)"}) {
    Result<Statement> statement = state_->database->statement(sql);
    if (!statement) return statement.error();
    std::int64_t last = 0;
    for (const GroupCount& count : perhaps) {
      if (std::exchange(last, count.group) == count.group) continue;
      if (Result<void> done = statement->again().bind(count.group).bind(count.group).run(); !done)
        return done;
    }
  }
  return {};
}

}  // namespace vnode
