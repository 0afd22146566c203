#include "store/store_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <random>

#include "sample_runs.h"
#include "small_disk.h"
#include "support/without_root_rights.h"

namespace vnode::test {
namespace {

/// Opening must fail, with every byte in the folder as before, and no file more.
Error refused(const std::string& folder) {
  const auto before = files_of(folder);
  const Result<std::unique_ptr<RunStore>> store = RunStore::open(folder);
  EXPECT_FALSE(store);
  EXPECT_TRUE(files_of(folder) == before) << "touched";
  return store ? Error{} : store.error();
}

Error refused(const ScratchFolder& folder, ErrorCode code, const std::string& part) {
  Error error = refused(folder.path());
  EXPECT_EQ(error.code, code) << error.message;
  EXPECT_NE(error.message.find(part), std::string::npos) << error.message;
  EXPECT_EQ(error.place.file, folder.file("runs.db"));
  return error;
}

void fill(const std::string& folder, int runs) {
  const auto store = must_open(folder);
  std::vector<std::function<Result<void>(RunStore&)>> changes;
  for (int number = 1; number <= runs; ++number) {
    changes.push_back(
        [number](RunStore& inner) { return inner.insert(sample_row(number), sample_submission(number)); });
  }
  for (const Result<void>& result : store->transact(changes)) ASSERT_TRUE(result);
}

/// What a kill would leave: the log has runs that the file does not.
void fill_and_kill(const ScratchFolder& folder, int runs) {
  const ScratchFolder other;
  fill(other.path(), 3);
  const auto store = must_open(other.path());
  for (int number = 4; number <= runs; ++number) ASSERT_TRUE(insert(*store, sample_row(number)));
  copy_files(other.path(), folder.path());
  ASSERT_GT(folder.read("runs.db-wal").size(), 4096U);
}

TEST(StoreFile, ANewStoreIsPrivateAndAlone) {
  const ScratchFolder folder;
  folder.write("runs.db.new", "left over");
  must_open(folder.path());
  EXPECT_EQ(folder.count(), 1U);
  struct stat status {};
  ASSERT_EQ(::stat(folder.file("runs.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(StoreFile, NoIndexInSharedMemory) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert(*store, sample_row(1)));
  EXPECT_FALSE(std::filesystem::exists(folder.file("runs.db-shm")));
  struct stat status {};
  ASSERT_EQ(::stat(folder.file("runs.db-wal").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(StoreFile, NoFolder) {
  const Result<std::unique_ptr<RunStore>> store = RunStore::open("/nonexistent/folder");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kUnreadable);
}

TEST(StoreFile, OtherFilesAreRefused) {
  const ScratchFolder folder;
  folder.write("runs.db", "my shopping list");
  refused(folder, ErrorCode::kBadDocument, "no SQLite database");
  folder.write("runs.db", std::string(100'000, 'x'));
  refused(folder, ErrorCode::kBadDocument, "no SQLite database");
  folder.write("runs.db", "");
  refused(folder, ErrorCode::kBadDocument, "no SQLite database");
  std::filesystem::remove(folder.file("runs.db"));
  std::filesystem::create_directory(folder.file("runs.db"));
  EXPECT_EQ(refused(folder.path()).code, ErrorCode::kUnreadable);
}

TEST(StoreFile, DatabasesOfOthersAreRefused) {
  const ScratchFolder folder;
  for (const char* setup : {"CREATE TABLE runs (a)", "PRAGMA application_id = 5; CREATE TABLE runs (a)",
                            "PRAGMA journal_mode = WAL; CREATE TABLE runs (a)"}) {
    ASSERT_TRUE(must(Database::open(folder.write("runs.db", "")))->execute(setup));
    refused(folder, ErrorCode::kBadDocument, "another program");
  }
}

TEST(StoreFile, ANewerStoreIsRefused) {
  const ScratchFolder folder;
  fill(folder.path(), 3);
  ASSERT_TRUE(must(Database::open(folder.file("runs.db")))->execute("PRAGMA user_version = 99"));
  refused(folder, ErrorCode::kBadDocument, "newer vnode");
}

TEST(StoreFile, ANewerVersionThatIsOnlyInTheLogIsRefused) {
  const ScratchFolder newer;
  const ScratchFolder folder;
  fill(newer.path(), 3);
  const auto database = must(Database::open(newer.file("runs.db")));
  ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
  copy_files(newer.path(), folder.path());
  std::filesystem::remove(folder.file("runs.db-shm"));
  refused(folder, ErrorCode::kBadDocument, "newer vnode");
}

TEST(StoreFile, ALogWithoutItsFileIsRefused) {
  const ScratchFolder folder;
  fill_and_kill(folder, 10);
  std::filesystem::remove(folder.file("runs.db"));
  refused(folder, ErrorCode::kBadDocument, "missing");
}

TEST(StoreFile, WhatAKillLeavesIsOpened) {
  const ScratchFolder folder;
  fill_and_kill(folder, 10);
  EXPECT_EQ(must(must_open(folder.path())->unfinished()).size(), 10U);
  EXPECT_FALSE(std::filesystem::exists(folder.file("runs.db-wal")));
}

TEST(StoreFile, ACutStoreIsRefused) {
  const ScratchFolder folder;
  fill(folder.path(), 500);
  const std::string whole = folder.read("runs.db");
  for (std::size_t size = 1; size < whole.size(); size += 3001) {
    folder.write("runs.db", whole.substr(0, size));
    EXPECT_EQ(refused(folder.path()).code, ErrorCode::kBadDocument) << size;
  }
}

TEST(StoreFile, ZeroedPagesAreRefused) {
  const ScratchFolder folder;
  fill(folder.path(), 500);
  const std::string whole = folder.read("runs.db");
  int refusals = 0;
  for (std::size_t page = 1; page < whole.size() / 4096; ++page) {
    std::string broken = whole;
    broken.replace(page * 4096, 4096, 4096, '\0');
    folder.write("runs.db", broken);
    const auto before = files_of(folder.path());
    if (RunStore::open(folder.path())) continue;
    ++refusals;
    ASSERT_TRUE(files_of(folder.path()) == before) << page;
  }
  // Pages of the map of pages may be the exception, and such that are free.
  EXPECT_GE(refusals, static_cast<int>(whole.size() / 4096) - 4);
}

TEST(StoreFile, FlippedBytesNeverCrashAndARefusalTouchesNothing) {
  for (const bool is_killed : {false, true}) {
    const ScratchFolder folder;
    if (is_killed) {
      fill_and_kill(folder, 60);
    } else {
      fill(folder.path(), 60);
    }
    const auto whole = files_of(folder.path());
    std::mt19937 random(5);
    int refusals = 0;
    for (int round = 0; round < 60; ++round) {
      auto broken = whole;
      for (auto& [name, content] : broken) {
        if (name != "runs.db" && random() % 2 == 0) continue;
        for (unsigned i = 0; i < 1 + random() % 8; ++i) {
          const std::size_t at = random() % 3 == 0 ? random() % 200 : random() % content.size();
          content[at] = static_cast<char>(random());
        }
      }
      std::filesystem::remove(folder.file("runs.db-wal"));
      for (const auto& [name, content] : broken) {
        std::filesystem::remove(folder.file(name));
        folder.write(name, content);
      }
      const Result<std::unique_ptr<RunStore>> store = RunStore::open(folder.path());
      if (store) {
        (void)(*store)->list({});
        (void)insert(**store, sample_row(1000));
      } else {
        ++refusals;
        ASSERT_TRUE(files_of(folder.path()) == broken) << round << " " << describe(store.error());
      }
    }
    EXPECT_GT(refusals, 5);
  }
}

TEST(StoreFile, AReadOnlyDiskIsRefused) {
  SmallDisk disk("4m");
  if (!disk.is_there()) GTEST_SKIP() << "may not mount";
  fill(disk.path(), 3);
  ASSERT_TRUE(disk.make_read_only());
  EXPECT_EQ(refused(disk.path()).code, ErrorCode::kUnreadable);
}

TEST(StoreFile, AReadOnlyFileOrFolderIsRefused) {
  const ScratchFolder folder;
  fill(folder.path(), 3);
  const WithoutRootRights rights;
  ::chmod(folder.file("runs.db").c_str(), 0400);
  EXPECT_EQ(refused(folder.path()).code, ErrorCode::kUnreadable);
  ::chmod(folder.file("runs.db").c_str(), 0600);
  ::chmod(folder.path().c_str(), 0500);
  EXPECT_EQ(refused(folder.path()).code, ErrorCode::kUnreadable);
  ::chmod(folder.path().c_str(), 0700);
}

TEST(StoreFile, NoSpaceForANewStore) {
  const ScratchFolder folder;
  {
    const FileSizeLimit limit(10'000);
    const Result<std::unique_ptr<RunStore>> store = RunStore::open(folder.path());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::kIo) << store.error().message;
    EXPECT_EQ(folder.count(), 0U);
  }
  must_open(folder.path());
}

TEST(StoreFile, AnotherProcessHasIt) {
  const ScratchFolder folder;
  fill(folder.path(), 3);
  int ready[2];
  int leave[2];
  ASSERT_EQ(::pipe(ready) + ::pipe(leave), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    const Result<std::unique_ptr<RunStore>> store = RunStore::open(folder.path());
    ::close(leave[1]);
    if (!store || ::write(ready[1], "x", 1) != 1) ::_exit(1);
    (void)!::read(leave[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const Result<std::unique_ptr<RunStore>> store = RunStore::open(folder.path());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kUnavailable) << store.error().message;
  for (const int fd : {leave[1], leave[0], ready[0], ready[1]}) ::close(fd);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(must(must_open(folder.path())->unfinished()).size(), 3U);
}

}  // namespace
}  // namespace vnode::test
