#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "sample_runs.h"

namespace vnode::test {
namespace {

/// Submits runs and ends every other one, in commits of all sizes, and tells each number once it is durable.
[[noreturn]] void submit_forever(const std::string& folder, int told) {
  Result<std::unique_ptr<RunStore>> opened = RunStore::open(folder);
  if (!opened) ::_exit(1);
  RunStore& store = **opened;
  const Result<RunStore::Last> last = store.last();
  if (!last) ::_exit(1);
  for (std::int64_t next = last->number + 1; true;) {
    std::vector<std::function<Result<void>(RunStore&)>> changes;
    const std::int64_t end = next + 1 + next % 7;
    for (; next < end; ++next) {
      changes.push_back([next](RunStore& inner) -> Result<void> {
        RunRow row = sample_row(next);
        StoredSubmission submission = sample_submission(next);
        submission.request.append(static_cast<std::size_t>(next % 50 * 200), ' ');
        if (Result<void> done = inner.insert(row, submission); !done || next % 2 == 0) return done;
        row.status = RunStatus::kCompleted;
        return inner.finish(row);
      });
    }
    for (const Result<void>& result : store.transact(changes)) {
      if (!result) ::_exit(1);
    }
    const std::int64_t durable = next - 1;
    if (::write(told, &durable, sizeof durable) != sizeof durable) ::_exit(1);
  }
}

/// Lets a child submit until it has told of `commits`, and kills it in the middle of what it does. The last
/// number that was told.
std::int64_t run_and_kill(const std::string& folder, unsigned commits) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    submit_forever(folder, pipe[1]);
  }
  ::close(pipe[1]);
  std::int64_t durable = 0;
  for (unsigned i = 0; i < commits; ++i) {
    EXPECT_EQ(::read(pipe[0], &durable, sizeof durable), static_cast<ssize_t>(sizeof durable));
  }
  ::kill(child, SIGKILL);
  // What it told before it died counts, too.
  while (::read(pipe[0], &durable, sizeof durable) == sizeof durable) {
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  return durable;
}

TEST(RunStoreCrash, WhatWasAcknowledgedIsThereAfterAKill) {
  const ScratchFolder folder;
  std::mt19937 random(std::random_device{}());
  std::int64_t checked = 0;
  for (int round = 0; round < 20; ++round) {
    const std::int64_t durable = run_and_kill(folder.path(), 1 + random() % 40);
    ASSERT_GT(durable, checked);
    const auto store = must_open(folder.path());
    const std::int64_t last = must(store->last()).number;
    ASSERT_GE(last, durable);
    // At most the commit that was under way.
    ASSERT_LE(last, durable + 7);
    RunFilter all;
    all.limit = static_cast<std::size_t>(last + 1);
    ASSERT_EQ(must(store->list(all)).size(), static_cast<std::size_t>(last));
    for (std::int64_t number = checked + 1; number <= last; ++number) {
      const auto row = must(store->find(sample_id(number)));
      ASSERT_TRUE(row) << number;
      ASSERT_EQ(row->status, number % 2 == 0 ? RunStatus::kPending : RunStatus::kCompleted) << number;
      ASSERT_TRUE(must(store->submission(row->id))) << number;
    }
    checked = last;
  }
}

}  // namespace
}  // namespace vnode::test
