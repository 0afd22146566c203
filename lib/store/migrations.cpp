#include "store/migrations.h"

#include <string>

namespace vnode {
namespace {

/// The rows of runs stay small, so that listing never reads what was submitted. The number is the rowid,
/// which every index ends with: each gives its runs in order of submission.
constexpr const char* kFirstTables = R"(
CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  queue TEXT NOT NULL,
  priority INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  retries INTEGER NOT NULL,
  retries_interrupts INTEGER NOT NULL,
  workflow TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  duration REAL,
  exit_code INTEGER,
  error TEXT NOT NULL,
  info TEXT NOT NULL,
  resources TEXT NOT NULL,
  summary TEXT NOT NULL,
  timeout REAL,
  key TEXT,
  digest TEXT NOT NULL,
  event_bytes INTEGER NOT NULL
);
CREATE INDEX runs_by_status ON runs (status);
CREATE INDEX runs_by_queue ON runs (queue);
CREATE INDEX runs_by_queue_and_status ON runs (queue, status);
CREATE UNIQUE INDEX runs_by_key ON runs (key) WHERE key IS NOT NULL;
CREATE INDEX runs_by_end ON runs (completed_at, number, event_bytes) WHERE completed_at IS NOT NULL;

CREATE TABLE submissions (
  number INTEGER PRIMARY KEY,
  workflow TEXT NOT NULL,
  request TEXT NOT NULL
);

CREATE TABLE queues (
  name TEXT NOT NULL PRIMARY KEY,
  concurrency INTEGER NOT NULL,
  is_paused INTEGER NOT NULL
) WITHOUT ROWID;

-- The newest run ever; one row.
CREATE TABLE last (
  number INTEGER NOT NULL,
  id TEXT NOT NULL
);
INSERT INTO last VALUES (0, '');
)";

/// Of runs that have ended, where they are small; apart from the rows, as submissions are.
constexpr const char* kResults = R"(
CREATE TABLE results (
  number INTEGER PRIMARY KEY,
  text TEXT NOT NULL
);
)";

/// Of runs that have not ended.
constexpr const char* kPauses = R"(
ALTER TABLE runs ADD COLUMN paused_at INTEGER;
ALTER TABLE runs ADD COLUMN pause_stops_processes INTEGER NOT NULL DEFAULT 0;
)";

/// Of the workflow itself, with their values: kept when the submission is not any more.
constexpr const char* kParameters = R"(
ALTER TABLE runs ADD COLUMN parameters TEXT NOT NULL DEFAULT '';
)";

/// What was submitted for all runs of a group stands there once. The status is in the index of a group's runs
/// so that they are counted there; the other one finds the runs that people see one by one.
constexpr const char* kGroups = R"(
CREATE TABLE groups (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  parameter TEXT NOT NULL,
  queue TEXT NOT NULL,
  priority INTEGER NOT NULL,
  workflow TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  info TEXT NOT NULL
);
CREATE TABLE group_submissions (
  number INTEGER PRIMARY KEY,
  workflow TEXT NOT NULL,
  request TEXT NOT NULL
);
ALTER TABLE runs ADD COLUMN group_number INTEGER;
ALTER TABLE runs ADD COLUMN group_value TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_group ON runs (group_number, status) WHERE group_number IS NOT NULL;
CREATE INDEX runs_alone ON runs (status) WHERE group_number IS NULL;
)";

/// What a run waits for, and how far that has come. What was submitted stays when it has ended: somebody may
/// want to try it again; its bytes count as those of events do.
constexpr const char* kDependencies = R"(
ALTER TABLE runs ADD COLUMN dependencies TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN told_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN submission_bytes INTEGER NOT NULL DEFAULT 0;
DROP INDEX runs_by_end;
CREATE INDEX runs_by_end ON runs (completed_at, number, event_bytes, submission_bytes)
  WHERE completed_at IS NOT NULL;
)";

/// How an attempt goes on from the one before.
constexpr const char* kResuming = R"(
ALTER TABLE runs ADD COLUMN resumes_interrupts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN resume TEXT NOT NULL DEFAULT '';
)";

constexpr const char* kSteps[] = {kFirstTables, kResults,      kPauses,  kParameters,
                                  kGroups,      kDependencies, kResuming};

}  // namespace

SchemaSteps schema_steps() { return kSteps; }

Result<void> take_steps(Database& database, SchemaSteps steps, std::size_t version) {
  for (std::size_t i = version; i < steps.size(); ++i) {
    if (Result<void> done = database.execute(steps[i]); !done) return done;
  }
  return database.execute("PRAGMA user_version = " + std::to_string(steps.size()));
}

}  // namespace vnode
