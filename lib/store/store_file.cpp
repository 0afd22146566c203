#include "store/store_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/owned_fd.h"

namespace vnode {
namespace {

constexpr std::size_t kHeaderBytes = 100;
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr const char* kUntouched = "; it was left as it is";

/// Up to this size the whole file is checked at every start (some 20 ms for 10 MB); beyond, only when the
/// last end was not in order.
constexpr std::int64_t kAlwaysCheckedBytes = std::int64_t{64} << 20;

constexpr const char* kSettings = R"(
PRAGMA synchronous = FULL;
PRAGMA cache_size = -2048;
PRAGMA journal_size_limit = 4194304;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
PRAGMA trusted_schema = OFF;
)";
constexpr const char* kReaderSettings = R"(
PRAGMA query_only = ON;
PRAGMA cache_size = -1024;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
PRAGMA trusted_schema = OFF;
)";

Error system_error(ErrorCode code, const std::string& what, const std::string& path) {
  return Error{code, what + ": " + std::generic_category().message(errno), {path}};
}

Error refusal(const std::string& path, ErrorCode code, const std::string& why) {
  return Error{code, "the store " + why + kUntouched, {path}};
}

/// -1 when there is none.
std::int64_t size_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : -1;
}

std::int64_t number_at(const std::array<char, kHeaderBytes>& header, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(header[at + i]);
  return static_cast<std::int32_t>(number);
}

Error too_new(const std::string& path, std::int64_t version, SchemaSteps steps) {
  return refusal(path, ErrorCode::kBadDocument,
                 "was written by a newer vnode (its format is " + std::to_string(version) +
                     ", this vnode knows up to " + std::to_string(steps.size()) +
                     "). Use that vnode, or another state directory");
}

Error damaged(const std::string& path, const std::string& how) {
  return refusal(path, ErrorCode::kBadDocument,
                 "is damaged (" + how + "). Move it away together with " + path +
                     "-wal, and put a copy from before in its place or start anew");
}

Result<std::array<char, kHeaderBytes>> read_header(const std::string& path) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error(ErrorCode::kUnreadable, "the store cannot be opened", path);
  std::array<char, kHeaderBytes> header{};
  const ssize_t bytes = ::read(file.get(), header.data(), header.size());
  if (bytes < 0) return system_error(ErrorCode::kUnreadable, "the store cannot be read", path);
  if (bytes < static_cast<ssize_t>(header.size()) || std::string_view(header.data(), 16) != kMagic) {
    return refusal(path, ErrorCode::kBadDocument,
                   "is no SQLite database, so vnode has not made it, or it is damaged. Move it away");
  }
  return header;
}

/// What can be told before SQLite sees the file, and so surely without touching it.
Result<void> check_header(const std::string& path, SchemaSteps steps) {
  constexpr std::size_t kUserVersionAt = 60;
  constexpr std::size_t kApplicationIdAt = 68;
  const auto header = read_header(path);
  if (!header) return header.error();
  if (number_at(*header, kApplicationIdAt) != kApplicationId) {
    return refusal(path, ErrorCode::kBadDocument,
                   "is the database of another program. Move it away, or use another state directory");
  }
  const std::int64_t version = number_at(*header, kUserVersionAt);
  if (version > static_cast<std::int64_t>(steps.size())) return too_new(path, version, steps);
  return {};
}

Result<void> check_writable(const std::string& folder, const std::string& path) {
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) {
    return system_error(ErrorCode::kUnreadable, "the store cannot be written", path);
  }
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return system_error(ErrorCode::kUnreadable, "the folder of the store cannot be written", folder);
  }
  return {};
}

Result<void> sync_path(const std::string& path, int flags) {
  const OwnedFd file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) {
    return system_error(ErrorCode::kIo, "cannot be written to disk", path);
  }
  return {};
}

/// In the same folder, and durable.
Result<void> move_into_place(const std::string& folder, const std::string& from, const std::string& to) {
  if (Result<void> synced = sync_path(from, O_RDWR); !synced) return synced;
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return system_error(ErrorCode::kIo, "cannot be renamed to " + to, from);
  }
  return sync_path(folder, O_RDONLY | O_DIRECTORY);
}

Result<void> fill_new(const std::string& path, SchemaSteps steps) {
  const Result<std::unique_ptr<Database>> opened = Database::open(path);
  if (!opened) return opened.error();
  Database& database = **opened;
  Result<void> done =
      database.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = MEMORY; BEGIN;" +
                       ("PRAGMA application_id = " + std::to_string(kApplicationId)));
  if (done) done = take_steps(database, steps, 0);
  if (done) done = database.execute("COMMIT");
  return done;
}

Result<void> create(const std::string& folder, const std::string& path, SchemaSteps steps) {
  // A log without its database is what is left of a store, and SQLite would throw it away.
  if (size_of(path + "-wal") > 0) {
    return refusal(path, ErrorCode::kBadDocument,
                   "is missing, but its log is there. Put the store back, or move " + path + "-wal away");
  }
  const std::string unfinished = path + ".new";
  ::unlink(unfinished.c_str());
  const OwnedFd file(::open(unfinished.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!file) return system_error(ErrorCode::kUnreadable, "the store cannot be made", unfinished);
  Result<void> done = fill_new(unfinished, steps);
  if (done) done = move_into_place(folder, unfinished, path);
  if (!done) ::unlink(unfinished.c_str());
  return done;
}

/// The files that SQLite puts beside a database. Those that were not there before do not stay when the
/// database is refused.
class SideFiles {
 public:
  explicit SideFiles(const std::string& path) {
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
      if (size_of(path + suffix) < 0) absent_.push_back(path + suffix);
    }
  }
  void remove_new() const {
    for (const std::string& path : absent_) ::unlink(path.c_str());
  }

 private:
  std::vector<std::string> absent_;
};

Result<void> check_whole(Database& database) {
  const Result<std::string> verdict = database.text("PRAGMA quick_check(1)");
  if (!verdict) return verdict.error();
  if (*verdict != "ok") return Error{ErrorCode::kBadDocument, *verdict, {database.path()}};
  return {};
}

/// Reads only. The version, which is returned, may be newer in the log than in the header.
Result<std::int64_t> check_content(Database& database, SchemaSteps steps, bool whole) {
  Result<std::int64_t> version = database.number("PRAGMA user_version");
  if (!version) return version;
  if (*version > static_cast<std::int64_t>(steps.size())) return too_new(database.path(), *version, steps);
  if (*version < 1) return Error{ErrorCode::kBadDocument, "it has no version", {database.path()}};
  if (whole) {
    if (Result<void> checked = check_whole(database); !checked) return checked.error();
  }
  return version;
}

/// The old version stays beside the store, as it was.
Result<void> set_aside(Database& database, const std::string& folder, std::int64_t version) {
  const std::string copy = database.path() + "." + std::to_string(version) + ".bak";
  const std::string unfinished = copy + ".new";
  ::unlink(unfinished.c_str());
  Result<void> done;
  {
    Result<Statement> statement = database.statement("VACUUM INTO ?");
    done = statement ? statement->bind(unfinished).run() : Result<void>(statement.error());
  }
  if (done && ::chmod(unfinished.c_str(), 0600) != 0) {
    done = system_error(ErrorCode::kIo, "cannot be made private", unfinished);
  }
  if (done) done = move_into_place(folder, unfinished, copy);
  if (!done) ::unlink(unfinished.c_str());
  return done;
}

Result<void> migrate(Database& database, const std::string& folder, SchemaSteps steps, std::int64_t version) {
  if (Result<void> copied = set_aside(database, folder, version); !copied) return copied;
  Result<void> done = database.execute("BEGIN IMMEDIATE");
  if (done) done = take_steps(database, steps, static_cast<std::size_t>(version));
  if (done) done = database.execute("COMMIT");
  if (!done && database.is_in_transaction()) (void)database.execute("ROLLBACK");
  // From here on the header alone tells the version.
  if (done) done = database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return done;
}

Result<void> prepare(Database& database, const std::string& folder, SchemaSteps steps, std::int64_t version) {
  if (Result<void> set = database.execute(kSettings); !set) return set;
  const Result<std::string> mode = database.text("PRAGMA journal_mode = WAL");
  if (!mode) return mode.error();
  if (*mode != "wal") {
    return Error{ErrorCode::kUnreadable, "the store cannot have a write-ahead log", {database.path()}};
  }
  if (version < static_cast<std::int64_t>(steps.size())) {
    if (Result<void> done = migrate(database, folder, steps, version); !done) return done;
  }
  database.keep_log(false);
  database.release_memory();
  return {};
}

Error explain(const std::string& path, const Error& error) {
  if (error.message.ends_with(kUntouched)) return error;
  if (error.code == ErrorCode::kBadDocument) return damaged(path, error.message);
  if (error.code == ErrorCode::kUnavailable) {
    return Error{error.code, "the store is in use by another program (" + error.message + ")", {path}};
  }
  return error;
}

Result<std::unique_ptr<Database>> open_existing(const std::string& folder, const std::string& path,
                                                SchemaSteps steps) {
  const SideFiles side_files(path);
  // Closing in order merges the log into the file and removes it.
  const bool ended_in_order = size_of(path + "-wal") <= 0;
  const bool whole = !ended_in_order || size_of(path) <= kAlwaysCheckedBytes;
  Result<std::unique_ptr<Database>> opened = Database::open(path);
  if (!opened) return explain(path, opened.error());
  std::unique_ptr<Database> database = std::move(*opened);
  database->keep_log(true);
  const Result<std::int64_t> version = check_content(*database, steps, whole);
  if (!version) {
    database.reset();
    side_files.remove_new();
    return explain(path, version.error());
  }
  if (Result<void> ready = prepare(*database, folder, steps, *version); !ready) {
    database.reset();
    return explain(path, ready.error());
  }
  return database;
}

}  // namespace

Result<std::unique_ptr<Database>> open_store_file(const std::string& folder, SchemaSteps steps) {
  const std::string path = folder + "/runs.db";
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return system_error(ErrorCode::kUnreadable, "the store cannot be opened", path);
    if (Result<void> created = create(folder, path, steps); !created) return created.error();
  }
  if (Result<void> checked = check_header(path, steps); !checked) return checked.error();
  if (Result<void> checked = check_writable(folder, path); !checked) return checked.error();
  return open_existing(folder, path, steps);
}

Result<std::unique_ptr<Database>> open_store_reader(const std::string& folder) {
  Result<std::unique_ptr<Database>> opened = Database::open(folder + "/runs.db");
  if (!opened) return opened;
  // It is not the one that merges the log into the file.
  (*opened)->keep_log(true);
  if (Result<void> set = (*opened)->execute(kReaderSettings); !set) return set.error();
  return opened;
}

}  // namespace vnode
