#include "store/sqlite_library.h"

#include "base/lazy_library.h"

namespace vnode {
namespace {

Result<SqliteLibrary> load_sqlite() {
  SqliteLibrary sqlite;
  LibraryLoader loader("libsqlite3.so.0");
  loader.load("sqlite3_open_v2", sqlite.open_v2)
      .load("sqlite3_close_v2", sqlite.close_v2)
      .load("sqlite3_db_config", sqlite.db_config)
      .load("sqlite3_extended_result_codes", sqlite.extended_result_codes)
      .load("sqlite3_busy_timeout", sqlite.busy_timeout)
      .load("sqlite3_exec", sqlite.exec)
      .load("sqlite3_errmsg", sqlite.errmsg)
      .load("sqlite3_errstr", sqlite.errstr)
      .load("sqlite3_get_autocommit", sqlite.get_autocommit)
      .load("sqlite3_changes", sqlite.changes)
      .load("sqlite3_db_release_memory", sqlite.db_release_memory)
      .load("sqlite3_prepare_v3", sqlite.prepare_v3)
      .load("sqlite3_finalize", sqlite.finalize)
      .load("sqlite3_step", sqlite.step)
      .load("sqlite3_reset", sqlite.reset)
      .load("sqlite3_clear_bindings", sqlite.clear_bindings)
      .load("sqlite3_bind_int64", sqlite.bind_int64)
      .load("sqlite3_bind_double", sqlite.bind_double)
      .load("sqlite3_bind_text64", sqlite.bind_text64)
      .load("sqlite3_bind_null", sqlite.bind_null)
      .load("sqlite3_column_type", sqlite.column_type)
      .load("sqlite3_column_int64", sqlite.column_int64)
      .load("sqlite3_column_double", sqlite.column_double)
      .load("sqlite3_column_text", sqlite.column_text)
      .load("sqlite3_column_bytes", sqlite.column_bytes);
  if (loader.error()) return *loader.error();
  return sqlite;
}

}  // namespace

Result<const SqliteLibrary*> sqlite_library() {
  static const Result<SqliteLibrary> library = load_sqlite();
  if (!library) return library.error();
  return &*library;
}

}  // namespace vnode
