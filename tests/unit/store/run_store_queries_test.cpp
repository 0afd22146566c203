#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "sample_runs.h"
#include "store/database.h"

namespace vnode::test {
namespace {

constexpr auto kStatuses = kTableStatuses;

std::vector<std::int64_t> numbers(const std::vector<RunRow>& rows) {
  std::vector<std::int64_t> found;
  for (const RunRow& row : rows) found.push_back(row.number);
  return found;
}

std::vector<RunRow> random_rows(std::mt19937& random, std::int64_t number) {
  std::vector<RunRow> rows;
  for (std::int64_t i = 1; i <= number; ++i) {
    RunRow row = sample_row(i, kStatuses[random() % kStatuses.size()]);
    row.queue = random() % 3 == 0 ? "render" : "default";
    row.workflow = random() % 4 == 0 ? "publish.json" : "/show/Render.json";
    row.event_bytes = random() % 1000;
    if (is_ended(row.status)) row.completed_at = random() % 1'000'000'000;
    rows.push_back(row);
  }
  return rows;
}

std::unique_ptr<RunStore> store_of(const std::string& folder, const std::vector<RunRow>& rows) {
  auto store = must_open(folder);
  std::vector<std::function<Result<void>(RunStore&)>> changes;
  for (const RunRow& row : rows) {
    changes.push_back([row](RunStore& inner) { return inner.insert(row, sample_submission(row.number)); });
  }
  for (const Result<void>& result : store->transact(changes)) EXPECT_TRUE(result);
  return store;
}

TEST(RunStoreQueries, ListsWhatTheFilterSays) {
  const ScratchFolder folder;
  std::mt19937 random(17);
  const std::vector<RunRow> rows = random_rows(random, 300);
  const auto store = store_of(folder.path(), rows);
  for (int round = 0; round < 400; ++round) {
    RunFilter filter;
    for (const RunStatus status : kStatuses) {
      if (random() % 4 == 0) filter.statuses.push_back(status);
    }
    if (random() % 8 == 0)
      filter.statuses.insert(filter.statuses.end(),
                             {RunStatus::kFailed, RunStatus::kFailed, RunStatus::kInvalid});
    if (random() % 2 == 0) filter.queue = random() % 5 == 0 ? "none" : "render";
    if (random() % 3 == 0) filter.workflow = random() % 2 == 0 ? "publish" : "er.j";
    if (random() % 2 == 0) filter.before = static_cast<std::int64_t>(random() % 320);
    filter.limit = random() % 2 == 0 ? random() % 50 : ~std::size_t{0};
    std::vector<std::int64_t> expected;
    for (auto row = rows.rbegin(); row != rows.rend() && expected.size() < filter.limit; ++row) {
      const auto& wanted = filter.statuses;
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), row->status) == wanted.end()) continue;
      if (!filter.queue.empty() && row->queue != filter.queue) continue;
      if (row->workflow.find(filter.workflow) == std::string::npos) continue;
      if (filter.before && row->number >= *filter.before) continue;
      expected.push_back(row->number);
    }
    ASSERT_EQ(numbers(must(store->list(filter))), expected) << round;
  }
}

TEST(RunStoreQueries, UnfinishedInOrderAndCounts) {
  const ScratchFolder folder;
  std::mt19937 random(19);
  const std::vector<RunRow> rows = random_rows(random, 200);
  const auto store = store_of(folder.path(), rows);
  std::vector<std::int64_t> expected;
  for (const RunRow& row : rows) {
    if (!is_ended(row.status)) expected.push_back(row.number);
  }
  EXPECT_EQ(numbers(must(store->unfinished())), expected);
  std::int64_t total = 0;
  for (const RunStore::Count& count : must(store->counts())) {
    total += count.runs;
    EXPECT_EQ(count.runs, std::count_if(rows.begin(), rows.end(),
                                        [&](const RunRow& row) { return row.status == count.status; }));
  }
  EXPECT_EQ(total, 200);
}

TEST(RunStoreQueries, IdsByTheirBeginning) {
  const ScratchFolder folder;
  std::mt19937 random(23);
  const auto store = store_of(folder.path(), random_rows(random, 100));
  const std::string last = sample_id(100);
  EXPECT_EQ(must(store->ids_with_prefix(last, 10)), std::vector<std::string>{last});
  const auto all = must(store->ids_with_prefix(last.substr(0, 2), 1000));
  EXPECT_EQ(all.size(), 100U);
  EXPECT_EQ(all.front(), last);
  EXPECT_EQ(all.back(), sample_id(1));
  EXPECT_EQ(must(store->ids_with_prefix(last.substr(0, last.size() - 1), 1000)).size(), 5U);  // 96 to 100
  EXPECT_EQ(must(store->ids_with_prefix("", 3)).size(), 3U);
  EXPECT_TRUE(must(store->ids_with_prefix("999999", 3)).empty());
  EXPECT_TRUE(must(store->ids_with_prefix("%", 3)).empty());
}

/// What a run that has ended takes: its events, and what it was submitted with.
std::int64_t bytes_of(const RunRow& row) {
  const StoredSubmission submission = sample_submission(row.number);
  return row.event_bytes + static_cast<std::int64_t>(submission.workflow.size() + submission.request.size());
}

TEST(RunStoreQueries, RetentionTakesTheOldestThatHaveEnded) {
  const ScratchFolder folder;
  std::mt19937 random(29);
  const std::vector<RunRow> rows = random_rows(random, 150);
  const auto store = store_of(folder.path(), rows);
  std::vector<RunRow> ended;
  for (const RunRow& row : rows) {
    if (row.completed_at) ended.push_back(row);
  }
  std::sort(ended.begin(), ended.end(), [](const RunRow& a, const RunRow& b) {
    return std::pair(*a.completed_at, a.number) < std::pair(*b.completed_at, b.number);
  });
  constexpr std::int64_t kNow = 1'000'000'000;
  for (int round = 0; round < 200; ++round) {
    Retention retention{std::nullopt, std::nullopt, std::nullopt};
    if (random() % 2 == 0) retention.age = std::chrono::microseconds(random() % kNow);
    if (random() % 2 == 0) retention.runs = static_cast<std::int64_t>(random() % 160);
    if (random() % 2 == 0) retention.event_bytes = static_cast<std::int64_t>(random() % 80'000);
    const std::size_t most = random() % 2 == 0 ? 1000 : random() % 20;
    std::vector<std::string> expected;
    std::int64_t bytes = 0;
    for (const RunRow& row : ended) bytes += bytes_of(row);
    auto count = static_cast<std::int64_t>(ended.size());
    for (const RunRow& row : ended) {
      const bool is_old =
          retention.age && kNow - *row.completed_at > *retention.age / std::chrono::microseconds(1);
      const bool is_many = retention.runs && count > *retention.runs;
      const bool is_large = retention.event_bytes && bytes > *retention.event_bytes && count > 1;
      if (expected.size() >= most || (!is_old && !is_many && !is_large)) break;
      expected.push_back(row.id);
      bytes -= bytes_of(row);
      --count;
    }
    ASSERT_EQ(must(store->over_retention(retention, kNow, most)), expected) << round;
  }
  EXPECT_TRUE(must(store->over_retention({std::nullopt, std::nullopt, std::nullopt}, kNow, 10)).empty());
}

/// 100,000 runs, of which the last 200 are pending, with submissions.
void fill_large(const std::string& folder) {
  must_open(folder);
  const auto database = must(Database::open(folder + "/runs.db"));
  const Result<void> done = database->execute(R"(
    BEGIN;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO runs SELECT i, printf('26%04d-%05d', i / 100, i),
      CASE WHEN i > 99800 THEN 'pending' WHEN i % 500 = 0 THEN 'failed' ELSE 'completed' END,
      CASE WHEN i % 3 = 0 THEN 'render' ELSE 'default' END, 0, 1, 0, 0,
      printf('/projects/show/shot_%d/publish.json', i), 'publish', i * 1000, i * 1000 + 1,
      CASE WHEN i > 99800 THEN NULL ELSE i * 1000 + 500 END, 1.5, 0, '', '{"user":"anna","show":"abc"}', '',
      '{"executed":10,"succeeded":10,"failed":0,"cancelled":0,"skipped":0,"never_started":0}', NULL,
      CASE WHEN i % 10 = 0 THEN 'key' || i END, '', 10000, NULL, 0, '', NULL, '', '', 0, 0, 0, ''
    FROM n;
    INSERT INTO submissions SELECT number, hex(zeroblob(5000)), '{}' FROM runs WHERE status = 'pending';
    UPDATE last SET number = 100000, id = (SELECT id FROM runs WHERE number = 100000);
    COMMIT)");
  ASSERT_TRUE(done) << describe(done.error());
}

/// What this thread has computed so far: what else the machine does is no matter.
std::chrono::microseconds thread_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::microseconds(now.tv_nsec / 1000);
}

/// The best of several.
template <class Function>
std::chrono::microseconds best_time(const Function& function) {
  auto best = std::chrono::microseconds::max();
  for (int i = 0; i < 10; ++i) {
    const std::chrono::microseconds start = thread_time();
    function();
    best = std::min(best, thread_time() - start);
  }
  return best;
}

TEST(RunStoreQueries, AHundredThousandRuns) {
  const ScratchFolder folder;
  fill_large(folder.path());
  EXPECT_LT(best_time([&] { must_open(folder.path()); }), std::chrono::milliseconds(500));
  const auto store = must_open(folder.path());
  std::vector<RunFilter> filters(6);
  filters[1].statuses = {RunStatus::kFailed};
  filters[2].statuses = {RunStatus::kFailed, RunStatus::kPending, RunStatus::kTimeout};
  filters[3].queue = "render";
  filters[4] = {.statuses = {RunStatus::kFailed}, .queue = "render", .before = 50'000};
  filters[5] = {.statuses = {RunStatus::kTimeout}, .queue = "default"};
  for (const RunFilter& filter : filters) {
    // Reading them all takes ten times as long.
    EXPECT_LT(best_time([&] { ASSERT_LE(must(store->list(filter)).size(), 100U); }),
              std::chrono::milliseconds(10));
  }
  EXPECT_LT(best_time([&] { ASSERT_EQ(must(store->unfinished()).size(), 200U); }),
            std::chrono::milliseconds(20));
  EXPECT_LT(best_time([&] { ASSERT_EQ(must(store->ids_with_prefix("260500", 200)).size(), 100U); }),
            std::chrono::milliseconds(10));
  EXPECT_LT(best_time([&] { ASSERT_TRUE(must(store->find_key("key70"))); }), std::chrono::milliseconds(5));
  EXPECT_LT(best_time([&] { ASSERT_EQ(must(store->counts()).size(), 3U); }), std::chrono::milliseconds(200));
  const Retention retention{std::nullopt, 99'700, std::nullopt};
  EXPECT_LT(best_time([&] { ASSERT_EQ(must(store->over_retention(retention, 0, 1000)).size(), 100U); }),
            std::chrono::milliseconds(100));
}

}  // namespace
}  // namespace vnode::test
