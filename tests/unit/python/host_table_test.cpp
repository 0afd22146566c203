#include "python/host_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace vnode {
namespace {

TEST(HostTable, TellsTheEndOnce) {
  HostTable table;
  int calls = 0;
  const HostNumber host = table.add([&] { ++calls; });
  EXPECT_EQ(table.exit_status(host), std::nullopt);
  table.set_exited(host, 3);
  table.set_exited(host, 4);
  table.end_all(-9);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(table.exit_status(host), 3);
}

TEST(HostTable, NumbersAreNeverUsedAgain) {
  HostTable table;
  const HostNumber first = table.add(nullptr);
  table.set_exited(first, 0);
  table.forget(first);
  EXPECT_NE(table.add(nullptr), first);
}

TEST(HostTable, TheStatusIsKnownInTheCall) {
  HostTable table;
  std::optional<int> status;
  HostNumber host = 0;
  host = table.add([&] {
    status = table.exit_status(host);
    table.forget(host);
  });
  table.set_exited(host, 5);
  EXPECT_EQ(status, 5);
  EXPECT_EQ(table.exit_status(host), std::nullopt);
}

TEST(HostTable, EndsAllThatRun) {
  HostTable table;
  int calls = 0;
  const HostNumber exited = table.add([&] { ++calls; });
  const HostNumber forked = table.add([&] { ++calls; });
  const HostNumber asked_for = table.add([&] { ++calls; });
  table.set_forked(exited, 100);
  table.set_forked(forked, 101);
  table.set_exited(exited, 1);
  EXPECT_EQ(table.running_processes(), std::vector<pid_t>{101});
  EXPECT_TRUE(table.has_running());
  table.end_all(-9);
  EXPECT_FALSE(table.has_running());
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(table.exit_status(exited), 1);
  EXPECT_EQ(table.exit_status(forked), -9);
  EXPECT_EQ(table.exit_status(asked_for), -9);
  EXPECT_TRUE(table.running_processes().empty());
}

TEST(HostTable, AForgottenHostStillCountsAsRunning) {
  HostTable table;
  int calls = 0;
  const HostNumber host = table.add([&] { ++calls; });
  table.set_forked(host, 100);
  table.forget(host);
  EXPECT_EQ(table.running_processes(), std::vector<pid_t>{100});
  table.set_exited(host, 0);
  EXPECT_TRUE(table.running_processes().empty());
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(table.exit_status(host), std::nullopt);
}

TEST(HostTable, ForgetWaitsForACall) {
  HostTable table;
  std::latch started(1);
  std::atomic<bool> may_end = false, has_ended = false;
  const HostNumber host = table.add([&] {
    started.count_down();
    may_end.wait(false);
    has_ended = true;
  });
  const HostNumber other = table.add(nullptr);
  std::jthread watcher([&] { table.set_exited(host, 0); });
  started.wait();
  table.forget(other);  // does not wait
  std::jthread releaser([&] {
    may_end = true;
    may_end.notify_one();
  });
  table.forget(host);
  EXPECT_TRUE(has_ended);
}

TEST(HostTable, UnknownHostsAreIgnored) {
  HostTable table;
  table.set_forked(7, 1);
  table.set_exited(7, 1);
  table.forget(7);
  EXPECT_EQ(table.exit_status(7), std::nullopt);
}

}  // namespace
}  // namespace vnode
