#include "store/migrations.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <array>

#include "sample_runs.h"
#include "store/store_file.h"

namespace vnode::test {
namespace {

/// A store as the first vnode wrote it. This text stays as it is.
constexpr const char* kStoreOfVersion1 = R"(
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA application_id = 1986948964;
PRAGMA user_version = 1;
CREATE TABLE runs (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, queue TEXT NOT NULL,
  priority INTEGER NOT NULL, attempt INTEGER NOT NULL, retries INTEGER NOT NULL,
  retries_interrupts INTEGER NOT NULL, workflow TEXT NOT NULL, description TEXT NOT NULL,
  created_at INTEGER NOT NULL, started_at INTEGER, completed_at INTEGER, duration REAL, exit_code INTEGER,
  error TEXT NOT NULL, info TEXT NOT NULL, resources TEXT NOT NULL, summary TEXT NOT NULL, timeout REAL,
  key TEXT, digest TEXT NOT NULL, event_bytes INTEGER NOT NULL);
CREATE INDEX runs_by_status ON runs (status);
CREATE INDEX runs_by_queue ON runs (queue);
CREATE INDEX runs_by_queue_and_status ON runs (queue, status);
CREATE UNIQUE INDEX runs_by_key ON runs (key) WHERE key IS NOT NULL;
CREATE INDEX runs_by_end ON runs (completed_at, number, event_bytes) WHERE completed_at IS NOT NULL;
CREATE TABLE submissions (number INTEGER PRIMARY KEY, workflow TEXT NOT NULL, request TEXT NOT NULL);
CREATE TABLE queues (
  name TEXT NOT NULL PRIMARY KEY, concurrency INTEGER NOT NULL, is_paused INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE last (number INTEGER NOT NULL, id TEXT NOT NULL);
INSERT INTO last VALUES (9, '261121-00009');
INSERT INTO runs VALUES (7, '261121-00007', 'failed', 'render', 2, 1, 0, 1, 'a.json', 'shot', 1000, 2000, 3000,
  0.001, 1, 'no license', '{"user":"anna"}', '{}', '{"failed":1}', 60.5, 'k', 'd', 1234);
INSERT INTO runs VALUES (8, '261121-00008', 'pending', 'default', 0, 1, 3, 0, 'b.json', '', 1100, NULL, NULL,
  NULL, NULL, '', '', '', '', NULL, NULL, '', 0);
INSERT INTO submissions VALUES (8, '{"nodes":[]}', '{"cwd":"/"}');
INSERT INTO queues VALUES ('render', 2, 1);
)";

void write_old_store(const ScratchFolder& folder) {
  const auto database = must(Database::open(folder.write("runs.db", "")));
  const Result<void> done = database->execute(kStoreOfVersion1);
  ASSERT_TRUE(done) << describe(done.error());
}

TEST(Migrations, AStoreOfEveryVersionIsRead) {
  const ScratchFolder folder;
  write_old_store(folder);
  const auto store = must_open(folder.path());
  const RunRow row = must(store->find("261121-00007")).value();
  EXPECT_EQ(row.status, RunStatus::kFailed);
  EXPECT_EQ(row.queue, "render");
  EXPECT_EQ(row.timeout, 60.5);
  EXPECT_TRUE(row.retries_interrupts);
  EXPECT_EQ(row.event_bytes, 1234);
  EXPECT_EQ(must(store->unfinished()).size(), 1U);
  EXPECT_EQ(must(store->submission("261121-00008"))->request, "{\"cwd\":\"/\"}");
  EXPECT_EQ(must(store->last()).number, 9);
  EXPECT_TRUE(must(store->queues()).at(0).is_paused);
  EXPECT_EQ(must(store->results("261121-00007")), std::nullopt);
}

TEST(Migrations, ANewStoreHasThisVersion) {
  const ScratchFolder folder;
  must_open(folder.path());
  const auto database = must(Database::open(folder.file("runs.db")));
  EXPECT_EQ(*database->number("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(*database->number("PRAGMA user_version"), static_cast<std::int64_t>(schema_steps().size()));
  EXPECT_EQ(*database->number("PRAGMA auto_vacuum"), 2);
}

TEST(Migrations, AnOlderSchemaIsSetAsideAndMigrated) {
  const ScratchFolder folder;
  write_old_store(folder);
  // Of a later version.
  std::vector<const char*> steps(schema_steps().begin(), schema_steps().end());
  steps.push_back("ALTER TABLE runs ADD COLUMN host TEXT NOT NULL DEFAULT 'here'");
  steps.push_back("CREATE TABLE more (a); INSERT INTO more VALUES (3)");
  {
    const auto database = must(open_store_file(folder.path(), steps));
    EXPECT_EQ(*database->number("PRAGMA user_version"), static_cast<std::int64_t>(steps.size()));
    EXPECT_EQ(*database->text("SELECT host FROM runs WHERE number = 7"), "here");
    EXPECT_EQ(*database->number("SELECT a FROM more"), 3);
  }
  struct stat status {};
  ASSERT_EQ(::stat(folder.file("runs.db.1.bak").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  {
    const auto copy = must(Database::open(folder.file("runs.db.1.bak")));
    EXPECT_EQ(*copy->number("PRAGMA user_version"), 1);
    EXPECT_EQ(*copy->number("PRAGMA application_id"), kApplicationId);
    EXPECT_EQ(*copy->number("SELECT count(*) FROM runs"), 2);
  }
  // Opened again it is as new, and the older vnode refuses it.
  EXPECT_TRUE(open_store_file(folder.path(), steps));
  const auto before = files_of(folder.path());
  EXPECT_FALSE(RunStore::open(folder.path()));
  EXPECT_EQ(files_of(folder.path()), before);
  // The copy takes its place again.
  std::filesystem::rename(folder.file("runs.db.1.bak"), folder.file("runs.db"));
  EXPECT_EQ(must(must_open(folder.path())->last()).number, 9);
}

TEST(Migrations, AStepThatFailsLeavesTheOldStore) {
  const ScratchFolder folder;
  write_old_store(folder);
  const std::array steps = {schema_steps()[0], "DELETE FROM runs", "CREATE TABLE runs (a)"};
  const Result<std::unique_ptr<Database>> opened = open_store_file(folder.path(), steps);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("already exists"), std::string::npos) << opened.error().message;
  EXPECT_EQ(must(must_open(folder.path())->list({})).size(), 2U);
}

}  // namespace
}  // namespace vnode::test
