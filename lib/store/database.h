#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "store/sqlite_library.h"

namespace vnode {

class Database;

/// A prepared statement in use. At its end it is reset and goes back to its database, which keeps it for the
/// next time. Parameters are bound in their order; texts are not copied and must live until the last step.
class Statement {
 public:
  Statement(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  Statement(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(std::int64_t value);
  Statement& bind(int value) { return bind(std::int64_t{value}); }
  Statement& bind(double value);
  Statement& bind(std::string_view text);
  Statement& bind_null();
  /// From the first parameter on, for another round.
  Statement& again();
  template <class T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind_null();
  }

  /// True while there is a row. What binding has met is told here.
  Result<bool> step();
  /// For statements without rows.
  Result<void> run();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  void note(int code) {
    if (bind_code_ == SQLITE_OK) bind_code_ = code;
  }

  Database* database_;
  sqlite3_stmt* statement_;
  int parameter_ = 0;
  int bind_code_ = SQLITE_OK;
};

/// A connection to one database file. Thread rule: one thread at a time.
class Database {
 public:
  /// Opens an existing file; nothing is read yet.
  static Result<std::unique_ptr<Database>> open(const std::string& path);
  Database(const Database&) = delete;
  ~Database();

  /// One or more statements whose rows are of no interest.
  Result<void> execute(const std::string& script);
  /// Prepared once, and kept. `sql` must not be in use already.
  Result<Statement> statement(std::string_view sql);
  /// First column of the first row; kBadDocument without a row.
  Result<std::int64_t> number(std::string_view sql);
  Result<std::string> text(std::string_view sql);

  /// Rows that the last statement has changed.
  int changes() const;
  bool is_in_transaction() const;
  /// Whether closing leaves the write-ahead log as it is, instead of merging it into the file.
  void keep_log(bool keep);
  /// Gives back the memory of cached pages.
  void release_memory();

  /// What SQLite says about a call that failed with `code`; remembers whether that was for want of space.
  Error failure(int code);
  bool is_full() const { return is_full_; }
  void clear_full() { is_full_ = false; }
  const std::string& path() const { return path_; }
  const SqliteLibrary& sqlite() const { return sqlite_; }

 private:
  Database(const SqliteLibrary& sqlite, std::string path) : sqlite_(sqlite), path_(std::move(path)) {}

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  const SqliteLibrary& sqlite_;
  std::string path_;
  sqlite3* connection_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements_;
  bool is_full_ = false;
};

}  // namespace vnode
