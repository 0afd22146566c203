// Rule 16: processes that stand still, on real ones.
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "process/supervisor/process_list.h"
#include "support/process_harness.h"

namespace vnode::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// As /proc/PID/stat has it: 'T' is stopped; '-' when there is none. (A shell that waits for what it has
/// vforked is not shown as stopped; those below fork.)
char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text, '\0');
  const std::size_t name_end = text.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= text.size() ? '-' : text[name_end + 2];
}

bool is_stopped(pid_t pid) { return state_of(pid) == 'T'; }

/// Waits for that, and not longer than anything takes.
template <class Condition>
bool comes_true(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + RecordingListener::kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

class FrozenProcesses : public ProcessTest {
 protected:
  /// The pids that it has printed, one a line.
  static std::vector<pid_t> pids(RecordingListener& told, std::size_t count) {
    std::istringstream lines(told.lines(count));
    std::vector<pid_t> found(count);
    for (pid_t& pid : found) lines >> pid;
    return found;
  }
  static bool are_all_stopped(const std::vector<pid_t>& all) {
    return std::all_of(all.begin(), all.end(), is_stopped);
  }
  static bool is_none_stopped(const std::vector<pid_t>& all) {
    return std::none_of(all.begin(), all.end(), is_stopped);
  }
};

TEST_F(FrozenProcesses, StandStillWithAllThatTheyHaveStarted) {
  // A child, one in a session of its own, and an orphan in one.
  const auto told =
      start(shell("echo $$; sh -c 'echo $$; while :; do sleep 0.05 & wait $!; done' & setsid sh -c 'echo $$; "
                  "exec sleep 600' & "
                  "(setsid sh -c 'echo $$; exec sleep 600' &); wait"));
  const std::vector<pid_t> all = pids(*told, 4);
  processes->freeze();
  EXPECT_TRUE(comes_true([&] { return are_all_stopped(all); }));
  processes->thaw();
  EXPECT_TRUE(comes_true([&] { return is_none_stopped(all); }));
  processes->stop(number, seconds(30));
  EXPECT_EQ(told->end().reason, ProcessStop::kStopped);
}

TEST_F(FrozenProcesses, AreThoseTooThatAreStartedMeanwhile) {
  processes->freeze();
  const auto told = start(shell("echo started"));
  const auto other = start(shell("echo started"));
  processes->thaw();
  EXPECT_EQ(told->end().code, 0);
  processes->freeze();
  const auto third = start(shell("echo $$; exec sleep 600"));
  processes->thaw();
  const std::vector<pid_t> all = pids(*third, 1);
  EXPECT_TRUE(comes_true([&] { return is_none_stopped(all); }));
  EXPECT_EQ(other->end().code, 0);
}

TEST_F(FrozenProcesses, DoNotGetAwayByStartingOthers) {
  const auto told = start(
      shell("echo $$; while :; do (exec sleep 600) & i=$((i+1)); [ $i -gt 40 ] && exec sleep 600; done"));
  const std::vector<pid_t> root = pids(*told, 1);
  processes->freeze();
  ASSERT_TRUE(comes_true([&] { return are_all_stopped(root); }));
  // Nothing of it is at work: its children are stopped too, once the looks have found them.
  EXPECT_TRUE(comes_true([&] {
    for (const ProcessInfo& process : all_processes()) {
      if (process.session == root.front() && !process.has_ended && !process.is_stopped) return false;
    }
    return true;
  }));
  processes->stop(number, seconds(30));
  told->end();
}

TEST_F(FrozenProcesses, StayStoppedWhereTheyHaveStoppedThemselves) {
  const auto told = start(shell("sh -c 'echo $$; kill -STOP $$; exec sleep 600' & echo $$; wait"));
  const std::vector<pid_t> both = pids(*told, 2);
  const auto is_one_stopped = [&] { return std::count_if(both.begin(), both.end(), is_stopped) == 1; };
  ASSERT_TRUE(comes_true(is_one_stopped));
  processes->freeze();
  ASSERT_TRUE(comes_true([&] { return are_all_stopped(both); }));
  processes->thaw();
  EXPECT_TRUE(comes_true(is_one_stopped));
}

TEST_F(FrozenProcesses, CanBeStoppedForGoodAndCleanUp) {
  const auto told =
      start(shell("trap 'echo cleaned; exit 3' TERM; echo $$; while :; do sleep 0.05 & wait $!; done"));
  const std::vector<pid_t> root = pids(*told, 1);
  const auto other = start(shell("echo $$; exec sleep 600"));
  const std::vector<pid_t> another = pids(*other, 1);
  processes->freeze();
  ASSERT_TRUE(comes_true([&] { return is_stopped(root.front()) && is_stopped(another.front()); }));
  processes->stop(number - 1, seconds(30));
  EXPECT_EQ(told->end().code, 3);
  EXPECT_TRUE(told->output().ends_with("cleaned\n"));
  EXPECT_TRUE(is_stopped(another.front())) << "the others stand still";
}

TEST_F(FrozenProcesses, MayCleanUpWhenTheirSupervisorIsKilled) {
  const auto told =
      start(shell("trap 'echo cleaned; exit 3' TERM; echo $$; while :; do sleep 0.05 & wait $!; done"));
  const std::vector<pid_t> root = pids(*told, 1);
  processes->freeze();
  ASSERT_TRUE(comes_true([&] { return is_stopped(root.front()); }));
  ::kill(process_info(root.front())->parent, SIGKILL);
  EXPECT_TRUE(told->end().is_lost);
  EXPECT_TRUE(told->output().ends_with("cleaned\n"));
  // The next supervisor freezes what it is given, until it is told that things go on.
  const auto other = start(shell("echo started"));
  processes->thaw();
  EXPECT_EQ(other->end().code, 0);
}

TEST_F(FrozenProcesses, EndWithEverything) {
  const auto told =
      start(shell("trap 'echo cleaned; exit 3' TERM; echo $$; while :; do sleep 0.05 & wait $!; done"));
  const std::vector<pid_t> root = pids(*told, 1);
  processes->freeze();
  ASSERT_TRUE(comes_true([&] { return is_stopped(root.front()); }));
  processes->end(seconds(30));
  EXPECT_EQ(told->end().code, 3);
  EXPECT_TRUE(processes->wait_until_gone(seconds(30)));
}

}  // namespace
}  // namespace vnode::test
