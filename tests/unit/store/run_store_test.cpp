#include "store/run_store.h"

#include <gtest/gtest.h>

#include <tuple>

#include "sample_runs.h"
#include "small_disk.h"
#include "store/database.h"

namespace vnode::test {
namespace {

auto fields(const RunRow& row) {
  return std::tie(row.number, row.id, row.status, row.queue, row.priority, row.attempt, row.retries,
                  row.retries_interrupts, row.resumes_interrupts, row.resume, row.workflow, row.description,
                  row.created_at, row.started_at, row.completed_at, row.duration, row.exit_code, row.error,
                  row.info, row.resources, row.summary, row.timeout, row.key, row.digest, row.event_bytes,
                  row.paused_at, row.pause_stops_processes, row.parameters);
}

void expect_same(const RunRow& a, const RunRow& b) {
  EXPECT_TRUE(fields(a) == fields(b)) << a.id << " " << b.id;
}

RunRow found(RunStore& store, const std::string& id) {
  const auto row = must(store.find(id));
  EXPECT_TRUE(row) << id;
  return row.value_or(RunRow());
}

RunRow full_row(std::int64_t number) {
  RunRow row = sample_row(number);
  row.queue = "Größe";
  row.priority = -3;
  row.attempt = 2;
  row.retries = 4;
  row.retries_interrupts = true;
  row.resumes_interrupts = true;
  row.resume = "{}";
  row.description = std::string("with a \0 and 🎬", 18);
  row.info = R"({"user":"anna"})";
  row.resources = R"({"license.houdini":2})";
  row.parameters = R"({"frames":"1-10"})";
  row.timeout = 0.25;
  row.key = "key " + std::to_string(number);
  row.digest = "abc";
  row.paused_at = 17;
  row.pause_stops_processes = true;
  return row;
}

TEST(RunStore, KeepsARowAndItsSubmission) {
  const ScratchFolder folder;
  const RunRow row = full_row(1);
  {
    const auto store = must_open(folder.path());
    ASSERT_TRUE(insert(*store, row));
    expect_same(found(*store, row.id), row);
  }
  const auto store = must_open(folder.path());
  expect_same(found(*store, row.id), row);
  expect_same(must(store->find_key("key 1")).value(), row);
  EXPECT_EQ(must(store->submission(row.id))->workflow, sample_submission(1).workflow);
  EXPECT_EQ(must(store->submission(row.id))->request, sample_submission(1).request);
  EXPECT_FALSE(must(store->find("none")));
  EXPECT_FALSE(must(store->find_key("none")));
  EXPECT_FALSE(must(store->find_key(""))) << "no key is no key";
  EXPECT_FALSE(must(store->submission("none")));
  EXPECT_EQ(must(store->request(row.id))->request, sample_submission(1).request);
  EXPECT_FALSE(must(store->request("none")));
}

TEST(RunStore, TheLifeOfARun) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  RunRow row = sample_row(1);
  ASSERT_TRUE(insert(*store, row));
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.mark_running(row.id, 1, 50); }));
  EXPECT_EQ(found(*store, row.id).status, RunStatus::kRunning);
  EXPECT_EQ(found(*store, row.id).started_at, 50);
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.mark_pending(row.id, 2, 6); }));
  EXPECT_EQ(found(*store, row.id).status, RunStatus::kPending);
  EXPECT_EQ(found(*store, row.id).retries, 6);
  EXPECT_FALSE(found(*store, row.id).started_at);
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.mark_running(row.id, 2, 60); }));
  EXPECT_TRUE(must(store->submission(row.id)));
  row.completed_at = 70;
  row.duration = 10.5;
  row.exit_code = 3;
  row.error = "node failed";
  row.summary = "{}";
  row.event_bytes = 1234;
  ASSERT_TRUE(finish(*store, row, RunStatus::kFailed));
  const RunRow ended = found(*store, row.id);
  EXPECT_EQ(ended.status, RunStatus::kFailed);
  EXPECT_EQ(ended.attempt, 2);
  EXPECT_EQ(ended.started_at, 60);
  EXPECT_EQ(ended.completed_at, 70);
  EXPECT_EQ(ended.duration, 10.5);
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_EQ(ended.error, "node failed");
  EXPECT_EQ(ended.summary, "{}");
  EXPECT_EQ(ended.event_bytes, 1234);
  EXPECT_EQ(ended.queue, "default");
  EXPECT_TRUE(must(store->submission(row.id))) << "somebody may try it again";
}

TEST(RunStore, TriesAgainWhatHasEnded) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  RunRow row = sample_row(1);
  ASSERT_TRUE(insert(*store, row));
  const auto retry = [&](const std::string& id) {
    return change(*store, [&](RunStore& s) { return s.retry(id, 2, 7, 100, "{}", "{\"from\":[]}"); });
  };
  EXPECT_EQ(retry(row.id).error().code, ErrorCode::kInvalidValue) << "it has not ended";
  EXPECT_EQ(retry("none").error().code, ErrorCode::kNotFound);
  row.exit_code = 1;
  row.error = "x";
  ASSERT_TRUE(finish(*store, row, RunStatus::kFailed));
  ASSERT_TRUE(retry(row.id));
  const RunRow again = found(*store, row.id);
  EXPECT_EQ(again.status, RunStatus::kPending);
  EXPECT_EQ(again.attempt, 2);
  EXPECT_EQ(again.told_seq, 7);
  EXPECT_EQ(again.event_bytes, 100);
  EXPECT_EQ(again.dependencies, "{}");
  EXPECT_EQ(again.resume, "{\"from\":[]}");
  EXPECT_EQ(again.exit_code, std::nullopt);
  EXPECT_EQ(again.completed_at, std::nullopt);
  EXPECT_EQ(again.error, "");
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.mark_pending(row.id, 3, 0); }));
  EXPECT_EQ(found(*store, row.id).resume, "") << "how the attempt before began";
  EXPECT_TRUE(finish(*store, row));
}

TEST(RunStore, WhatWasSubmittedCanBeChangedForTheNextAttempt) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  const RunRow row = sample_row(1);
  ASSERT_TRUE(insert(*store, row));
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.set_request(row.id, "{\"a\":1}", "{\"b\":2}"); }));
  EXPECT_EQ(must(store->submission(row.id))->request, "{\"a\":1}");
  EXPECT_EQ(found(*store, row.id).parameters, "{\"b\":2}");
}

TEST(RunStore, APauseIsThatOfARunThatHasNotEnded) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  RunRow row = sample_row(1);
  ASSERT_TRUE(insert(*store, row));
  const auto set_pause = [&](std::optional<std::int64_t> at, bool stops) {
    return store->transact({[&](RunStore& in) { return in.set_pause(row.id, at, stops); }}).front();
  };
  ASSERT_TRUE(set_pause(17, true));
  EXPECT_EQ(found(*store, row.id).paused_at, 17);
  EXPECT_TRUE(found(*store, row.id).pause_stops_processes);
  EXPECT_EQ(must(store->unfinished()).at(0).paused_at, 17);
  ASSERT_TRUE(set_pause(std::nullopt, false));
  EXPECT_EQ(found(*store, row.id).paused_at, std::nullopt);
  ASSERT_TRUE(set_pause(18, false));
  row.status = RunStatus::kCancelled;
  row.completed_at = row.created_at + 1;
  ASSERT_TRUE(store->transact({[&](RunStore& in) { return in.finish(row); }}).front());
  EXPECT_EQ(found(*store, row.id).paused_at, std::nullopt);
  ASSERT_TRUE(set_pause(19, true)) << "too late, which is no error";
  EXPECT_EQ(found(*store, row.id).paused_at, std::nullopt);
}

TEST(RunStore, ATerminalStateIsReachedOnce) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  const RunRow row = sample_row(1);
  ASSERT_TRUE(insert(*store, row));
  ASSERT_TRUE(finish(*store, row, RunStatus::kCancelled));
  EXPECT_EQ(found(*store, row.id).completed_at, row.created_at + 1);
  const std::vector<Result<void>> results = store->transact({
      [&](RunStore& s) {
        RunRow again = row;
        again.status = RunStatus::kCompleted;
        return s.finish(again);
      },
      [&](RunStore& s) { return s.mark_running(row.id, 2, 1); },
      [&](RunStore& s) { return s.mark_pending(row.id, 2, 1); },
  });
  for (const Result<void>& result : results) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidValue) << result.error().message;
  }
  EXPECT_EQ(found(*store, row.id).status, RunStatus::kCancelled);
  EXPECT_EQ(finish(*store, sample_row(2)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(finish(*store, row, RunStatus::kRunning).error().code, ErrorCode::kInvalidValue);
}

TEST(RunStore, ResultsComeWithTheEndAndGoWithTheRun) {
  const ScratchFolder folder;
  auto store = must_open(folder.path());
  RunRow with = sample_row(1);
  ASSERT_TRUE(insert(*store, with));
  ASSERT_TRUE(insert(*store, sample_row(2)));
  EXPECT_EQ(must(store->results(with.id)), std::nullopt);
  with.status = RunStatus::kFailed;
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.finish(with, "{}\n"); }));
  EXPECT_FALSE(change(*store, [&](RunStore& s) { return s.finish(with, "more"); }));
  ASSERT_TRUE(finish(*store, sample_row(2)));
  EXPECT_EQ(must(store->results(with.id)), "{}\n");
  EXPECT_EQ(must(store->results(sample_row(2).id)), std::nullopt);
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.remove({with.id}); }));
  store.reset();  // nobody else may open it meanwhile
  const auto database = must(Database::open(folder.file("runs.db")));
  EXPECT_EQ(*database->number("SELECT count(*) FROM results"), 0);
}

TEST(RunStore, AKeyBelongsToOneKeptRun) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  RunRow row = full_row(1);
  ASSERT_TRUE(insert(*store, row));
  RunRow second = full_row(2);
  second.key = row.key;
  const Result<void> taken = insert(*store, second);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kInvalidValue);
  EXPECT_FALSE(must(store->find(second.id)));
  ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.remove({row.id}); }));
  EXPECT_TRUE(insert(*store, second));
  EXPECT_TRUE(insert(*store, sample_row(3)));
  EXPECT_TRUE(insert(*store, sample_row(4))) << "no key twice";
}

TEST(RunStore, NumbersAreNeverUsedTwice) {
  const ScratchFolder folder;
  {
    const auto store = must_open(folder.path());
    EXPECT_EQ(must(store->last()).number, 0);
    EXPECT_EQ(must(store->last()).id, "");
    for (int number = 1; number <= 3; ++number) ASSERT_TRUE(insert(*store, sample_row(number)));
    ASSERT_TRUE(change(*store, [](RunStore& s) { return s.remove({sample_id(3), sample_id(1), "none"}); }));
    EXPECT_FALSE(must(store->submission(sample_id(3))));
  }
  const auto store = must_open(folder.path());
  EXPECT_EQ(must(store->last()).number, 3);
  EXPECT_EQ(must(store->last()).id, sample_id(3));
  EXPECT_EQ(insert(*store, sample_row(3)).error().code, ErrorCode::kInvalidValue);
  EXPECT_TRUE(insert(*store, sample_row(4)));
}

TEST(RunStore, EachChangeOfACommitStandsAlone) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  std::vector<std::function<Result<void>(RunStore&)>> changes;
  for (int number = 1; number <= 9; ++number) {
    changes.push_back([number](RunStore& s) -> Result<void> {
      if (Result<void> done = s.insert(sample_row(number), {}); !done) return done;
      // What it has done before it fails is undone.
      if (number % 3 == 0) return Error{ErrorCode::kUsage, "number " + std::to_string(number)};
      return {};
    });
  }
  const std::vector<Result<void>> results = store->transact(changes);
  ASSERT_EQ(results.size(), changes.size());
  for (int number = 1; number <= 9; ++number) {
    const Result<void>& result = results[static_cast<std::size_t>(number - 1)];
    EXPECT_EQ(result.ok(), number % 3 != 0);
    if (!result) {
      EXPECT_EQ(result.error().message, "number " + std::to_string(number));
    }
  }
  EXPECT_EQ(must(store->list({})).size(), 6U);
  EXPECT_EQ(must(store->last()).number, 8);
  EXPECT_TRUE(store->transact({}).empty());
}

TEST(RunStore, QueuesAreKept) {
  const ScratchFolder folder;
  {
    const auto store = must_open(folder.path());
    for (const QueueRow& queue : {QueueRow{"b", 2, true}, QueueRow{"a", 1, false}, QueueRow{"b", 3, false}}) {
      ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.save_queue(queue); }));
    }
  }
  const auto store = must_open(folder.path());
  ASSERT_EQ(must(store->queues()).size(), 2U);
  EXPECT_EQ(must(store->queues())[1].name, "b");
  EXPECT_EQ(must(store->queues())[1].concurrency, 3);
  EXPECT_FALSE(must(store->queues())[1].is_paused);
  ASSERT_TRUE(change(*store, [](RunStore& s) { return s.remove_queue("b"); }));
  EXPECT_EQ(must(store->queues()).size(), 1U);
}

void expect_usable_after_failure(RunStore& store, const std::string& folder, std::int64_t kept) {
  EXPECT_EQ(must(store.last()).number, kept);
  EXPECT_EQ(must(store.list({})).size(), static_cast<std::size_t>(kept));
  // And what failed does not come back after a kill either.
  const ScratchFolder killed;
  copy_files(folder, killed.path());
  EXPECT_EQ(must(must_open(killed.path())->last()).number, kept);
}

TEST(RunStore, AFailedCommitFailsForAllAndLeavesNothing) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert(*store, sample_row(1)));
  for (int round = 0; round < 3; ++round) {
    {
      const FileSizeLimit limit(100'000);
      const std::vector<Result<void>> results = store->transact({
          [](RunStore& s) {
            return s.insert(sample_row(2), {"small", ""});
          },
          [](RunStore& s) {
            return s.insert(sample_row(3), {std::string(500'000, 'x'), ""});
          },
          [](RunStore& s) {
            return s.insert(sample_row(4), {"small", ""});
          },
      });
      ASSERT_EQ(results.size(), 3U);
      for (const Result<void>& result : results) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::kIo) << result.error().message;
      }
      EXPECT_TRUE(store->full()) << describe(results[0].error());
      expect_usable_after_failure(*store, folder.path(), 1);
    }
  }
  EXPECT_TRUE(insert(*store, sample_row(2)));
  EXPECT_FALSE(store->full());
  EXPECT_EQ(must(store->list({})).size(), 2U);
}

TEST(RunStore, AFullDiskAndSpaceAgain) {
  SmallDisk disk("16m");
  if (!disk.is_there()) GTEST_SKIP() << "may not mount";
  const auto store = must_open(disk.path());
  ASSERT_TRUE(insert(*store, sample_row(1)));
  disk.fill();
  std::int64_t number = 2;
  Result<void> done;
  while (done && number < 10'000) done = insert(*store, sample_row(number++));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIo);
  EXPECT_TRUE(store->full());
  const std::int64_t kept = number - 2;
  EXPECT_EQ(must(store->last()).number, kept);
  disk.make_space();
  for (number = kept + 1; number < kept + 100; ++number) ASSERT_TRUE(insert(*store, sample_row(number)));
  EXPECT_FALSE(store->full());
}

TEST(RunStore, TheFilesStaySmall) {
  const ScratchFolder folder;
  auto store = must_open(folder.path());
  constexpr std::int64_t kMegabyte = 1 << 20;
  std::uintmax_t most = 0;
  for (std::int64_t number = 1; number <= 40; ++number) {
    const StoredSubmission submission{std::string(kMegabyte, 'x'), "{}"};
    ASSERT_TRUE(change(*store, [&](RunStore& s) { return s.insert(sample_row(number), submission); }));
    most = std::max(most, std::filesystem::file_size(folder.file("runs.db-wal")));
  }
  EXPECT_LE(most, std::uintmax_t{12} * kMegabyte);
  EXPECT_GT(std::filesystem::file_size(folder.file("runs.db")), std::uintmax_t{30} * kMegabyte);
  for (std::int64_t number = 1; number <= 40; ++number) {
    ASSERT_TRUE(finish(*store, sample_row(number)));
    ASSERT_TRUE(change(*store, [number](RunStore& s) { return s.remove({sample_id(number)}); }));
  }
  for (std::int64_t number = 41; number <= 100; ++number) {
    ASSERT_TRUE(insert(*store, sample_row(number)));
    ASSERT_TRUE(finish(*store, sample_row(number)));
  }
  EXPECT_LE(std::filesystem::file_size(folder.file("runs.db-wal")), std::uintmax_t{6} * kMegabyte);
  store.reset();
  EXPECT_LE(std::filesystem::file_size(folder.file("runs.db")), std::uintmax_t{4} * kMegabyte);
  EXPECT_EQ(folder.count(), 1U);
}

}  // namespace
}  // namespace vnode::test
