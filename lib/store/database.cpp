#include "store/database.h"

#include <cerrno>
#include <system_error>
#include <utility>

namespace vnode {
namespace {

/// The file belongs to this process from the first read on, and the index of the log is in its memory: one
/// that is shared between processes would not work on network file systems. Several connections of this
/// process may use it.
constexpr const char* kAccess = "unix-excl";

/// Only another program that looks into the file can keep us waiting.
constexpr int kBusyMilliseconds = 2000;

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kBadDocument;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kUnavailable;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorCode::kUnreadable;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
      return ErrorCode::kInvalidValue;
    default:
      return ErrorCode::kIo;
  }
}

bool is_want_of_space(int sqlite_code, int system_code) {
  if ((sqlite_code & 0xff) == SQLITE_FULL) return true;
  return (sqlite_code & 0xff) == SQLITE_IOERR &&
         (system_code == ENOSPC || system_code == EDQUOT || system_code == EFBIG);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
  Result<const SqliteLibrary*> sqlite = sqlite_library();
  if (!sqlite) return sqlite.error();
  std::unique_ptr<Database> database(new Database(**sqlite, path));
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  const int code = (*sqlite)->open_v2(path.c_str(), &database->connection_, kFlags, kAccess);
  if (code != SQLITE_OK) return database->failure(code);
  (*sqlite)->extended_result_codes(database->connection_, 1);
  (*sqlite)->busy_timeout(database->connection_, kBusyMilliseconds);
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite_.finalize(statement);
  if (connection_ != nullptr) sqlite_.close_v2(connection_);
}

Result<void> Database::execute(const std::string& script) {
  errno = 0;
  const int code = sqlite_.exec(connection_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return {};
}

Result<Statement> Database::statement(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite_.prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    if (code != SQLITE_OK) return failure(code);
    found = statements_.emplace(sql, prepared).first;
  }
  return Statement(*this, found->second);
}

Result<std::int64_t> Database::number(std::string_view sql) {
  Result<Statement> row = statement(sql);
  if (!row) return row.error();
  const Result<bool> found = row->step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::kBadDocument, "a row is missing", {path_}};
  return row->integer(0);
}

Result<std::string> Database::text(std::string_view sql) {
  Result<Statement> row = statement(sql);
  if (!row) return row.error();
  const Result<bool> found = row->step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::kBadDocument, "a row is missing", {path_}};
  return row->text(0);
}

int Database::changes() const { return sqlite_.changes(connection_); }

bool Database::is_in_transaction() const { return sqlite_.get_autocommit(connection_) == 0; }

void Database::keep_log(bool keep) {
  sqlite_.db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

void Database::release_memory() { sqlite_.db_release_memory(connection_); }

Error Database::failure(int code) {
  // SQLite's own record of it (sqlite3_system_errno) lacks failed commits.
  const int system_code = errno;
  std::string message = connection_ != nullptr ? sqlite_.errmsg(connection_) : sqlite_.errstr(code);
  if ((code & 0xff) == SQLITE_IOERR && system_code != 0) {
    message += " (" + std::generic_category().message(system_code) + ")";
  }
  if (is_want_of_space(code, system_code)) is_full_ = true;
  return Error{code_of(code), "SQLite: " + message, {path_}};
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      parameter_(other.parameter_),
      bind_code_(other.bind_code_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  database_->sqlite().reset(statement_);
  database_->sqlite().clear_bindings(statement_);
}

Statement& Statement::again() {
  database_->sqlite().reset(statement_);
  parameter_ = 0;
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  note(database_->sqlite().bind_int64(statement_, ++parameter_, value));
  return *this;
}

Statement& Statement::bind(double value) {
  note(database_->sqlite().bind_double(statement_, ++parameter_, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  // A null pointer would be NULL, not an empty text.
  const char* start = text.data() != nullptr ? text.data() : "";
  note(database_->sqlite().bind_text64(statement_, ++parameter_, start, text.size(), SQLITE_STATIC,
                                       SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_null() {
  note(database_->sqlite().bind_null(statement_, ++parameter_));
  return *this;
}

Result<bool> Statement::step() {
  if (bind_code_ != SQLITE_OK) return database_->failure(bind_code_);
  errno = 0;
  const int code = database_->sqlite().step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->failure(code);
}

Result<void> Statement::run() {
  const Result<bool> row = step();
  if (!row) return row.error();
  return {};
}

bool Statement::is_null(int column) const {
  return database_->sqlite().column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return database_->sqlite().column_int64(statement_, column);
}

double Statement::real(int column) const { return database_->sqlite().column_double(statement_, column); }

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(database_->sqlite().column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(database_->sqlite().column_bytes(statement_, column))};
}

}  // namespace vnode
