// The supervisor, its keeper, and the program itself are killed: nothing is left, and the next process
// starts.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "support/process_harness.h"

namespace vnode::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Hides as well as it can, and ignores what it can.
constexpr const char* kStubborn =
    "sh -c 'setsid env -i /bin/sh -c \"trap \\\"\\\" TERM HUP INT; echo up >&3; while :; do /bin/sleep 1; "
    "done\" & exit'; "
    "trap '' TERM; echo up >&3; while :; do sleep 1; done";
constexpr std::size_t kUps = 6;

pid_t parent_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return std::atoi(text.substr(text.rfind(')') + 4).c_str());
}

class SupervisorFaults : public ProcessTest {
 protected:
  /// Of the run's present supervisor.
  pid_t supervisor() { return std::atoi(run("echo $PPID")->output().c_str()); }

  /// A program that holds these scripts; its descriptor 3 is the life line.
  static pid_t start_holder(const LifeLine& line, const std::vector<std::string>& scripts,
                            const char* grace_ms) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const OwnedFd held(::fcntl(line.writer(), F_DUPFD_CLOEXEC, 100));
    ::posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, held.get(), 3);
    std::vector<std::string> words{PROCESS_HOLDER, grace_ms};
    words.insert(words.end(), scripts.begin(), scripts.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t pid = 0;
    EXPECT_EQ(::posix_spawn(&pid, PROCESS_HOLDER, &actions, nullptr, arguments.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[0]);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);  // stays open in the test, so that only a kill ends it
    return pid;
  }
};

TEST_F(SupervisorFaults, AKilledSupervisorCostsItsProcessesAndNoMore) {
  LifeLine line;
  const auto told = start_held(kStubborn, line);
  ASSERT_TRUE(line.wait_for(kUps));
  ::kill(supervisor(), SIGKILL);
  const ProcessEnd end = told->end();
  EXPECT_TRUE(end.is_lost);
  EXPECT_EQ(end.error->code, ErrorCode::kUnavailable);
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
  EXPECT_EQ(run("exit 3")->end().code, 3);  // by another one
}

TEST_F(SupervisorFaults, WhatAKilledSupervisorHeldMayCleanUp) {
  LifeLine line;
  const auto told = start_held(
      "trap 'sleep 0.3; echo cleaned >&3; exit' TERM; echo up >&3; while :; do sleep 0.05; done", line);
  ASSERT_TRUE(line.wait_for(3));
  ::kill(supervisor(), SIGKILL);
  EXPECT_TRUE(line.wait_for(8));
  told->end();
}

TEST_F(SupervisorFaults, ALostProcessIsToldOfAtOnce) {
  // Not only once the keeper has ended what was held, which has grace.
  processes = std::make_unique<RunProcesses>(watcher, seconds(30));
  LifeLine line;
  ProcessStart start = shell(
      "trap 'echo term >&3; read x; exit' TERM; echo $PPID >&2; echo up >&3; while :; do sleep 0.05; done");
  int ends[2], input[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(input, O_CLOEXEC), 0);
  const OwnedFd errors(ends[0]);
  OwnedFd go_on(input[1]);
  start.input = OwnedFd(input[0]);
  start.outputs.push_back(OwnedFd(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
  start.outputs.push_back(OwnedFd(ends[1]));
  start.outputs.push_back(line.for_process());
  std::promise<ProcessEnd> exit;
  std::promise<void> end;
  ASSERT_TRUE(processes->start(
      std::move(start), [&end](const ProcessEnd&) { end.set_value(); },
      [&exit](const ProcessEnd& how) { exit.set_value(how); }));
  ASSERT_TRUE(line.wait_for(3));
  char text[20] = {};
  ASSERT_GT(::read(errors.get(), text, sizeof text - 1), 0);
  ::kill(std::atoi(text), SIGKILL);
  const ProcessEnd how = exit.get_future().get();
  EXPECT_TRUE(how.is_lost);
  EXPECT_TRUE(how.error.has_value());
  std::future<void> gone = end.get_future();
  EXPECT_EQ(gone.wait_for(milliseconds(0)), std::future_status::timeout);
  ASSERT_TRUE(line.wait_for(5));
  go_on.reset();
  gone.wait();
}

TEST_F(SupervisorFaults, AKilledKeeperCostsTheProcesses) {
  LifeLine line;
  const auto told = start_held(kStubborn, line);
  ASSERT_TRUE(line.wait_for(kUps));
  ::kill(parent_of(supervisor()), SIGKILL);
  told->end();
  // Two processes were there when the hidden one started: it is perhaps nobody's, and ends with the run.
  EXPECT_TRUE(line.is_cut_within(seconds(1)));
  EXPECT_EQ(run("exit 3")->end().code, 3);
}

TEST_F(SupervisorFaults, BothKilledAtOnceLeaveWhatCarriesTheMarkToTheProgram) {
  LifeLine line;
  const auto told =
      start_held("trap '' TERM; setsid sh -c 'echo up >&3; exec sleep 600' & echo up >&3; wait", line);
  ASSERT_TRUE(line.wait_for(kUps));
  const pid_t one = supervisor(), other = parent_of(one);
  ::kill(other, SIGSTOP);  // so that it cannot do anything in between
  ::kill(one, SIGKILL);
  ::kill(other, SIGKILL);
  EXPECT_TRUE(told->end().is_lost);
  EXPECT_TRUE(line.is_cut_within(seconds(10)));
}

TEST_F(SupervisorFaults, SignalsForEverybodyDoNotEndThem) {
  // As a service manager sends them to all processes of a service.
  const auto told = start(shell("trap '' TERM INT HUP; echo up; read x; exit 3"));
  told->lines(1);
  const pid_t one = supervisor();
  for (const pid_t pid : {one, parent_of(one)}) {
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGPIPE}) ::kill(pid, number);
  }
  EXPECT_EQ(supervisor(), one);
}

TEST_F(SupervisorFaults, ASupervisorThatIsStoppedIsEnded) {
  LifeLine line;
  const auto told = start_held(kStubborn, line);
  const ProcessNumber stubborn = number;
  ASSERT_TRUE(line.wait_for(kUps));
  const pid_t one = supervisor(), keeper = parent_of(one);
  ::kill(keeper, SIGSTOP);
  ::kill(one, SIGSTOP);
  processes->stop(stubborn, milliseconds(0));
  EXPECT_TRUE(told->end().is_lost);
  EXPECT_TRUE(line.is_cut_within(seconds(1)));
}

TEST_F(SupervisorFaults, CanBeThereBeforeTheFirstProcess) {
  processes->warm_up();
  const std::string self = std::to_string(::getpid());
  std::ifstream children("/proc/self/task/" + self + "/children");
  pid_t keeper = 0;
  ASSERT_TRUE(children >> keeper);
  EXPECT_EQ(parent_of(supervisor()), keeper);
}

TEST_F(SupervisorFaults, LeaveNoDescriptorsOpen) {
  const auto count = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  run("true");
  const auto before = count();
  for (int i = 0; i < 10; ++i) {
    const auto told = start(shell("kill -9 $PPID; sleep 600"));
    EXPECT_TRUE(told->end().is_lost);
    run("true");  // in the next one
  }
  const auto until = std::chrono::steady_clock::now() + seconds(60);
  while (count() != before && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(count(), before);
}

TEST_F(SupervisorFaults, KilledAtRandomMoments) {
  processes = std::make_unique<RunProcesses>(watcher, milliseconds(100));
  std::mt19937 random(1);
  for (int round = 0; round < 12; ++round) {
    LifeLine line;
    const pid_t one = supervisor();
    std::vector<Started> all;
    for (int i = 0; i < 4; ++i) all.push_back(start_held(kStubborn, line));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 15'000));
    ::kill(round % 3 == 2 ? parent_of(one) : one, SIGKILL);
    for (const Started& told : all) told->end();
    // What had not yet been read of the socket is closed by the system, when it comes to it.
    EXPECT_TRUE(line.is_cut_within(seconds(1))) << round;
  }
}

TEST_F(SupervisorFaults, NothingOutlivesAKilledProgram) {
  LifeLine line;
  const pid_t holder = start_holder(line, {kStubborn, kStubborn}, "300");
  ASSERT_TRUE(line.wait_for(2 * kUps));
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_TRUE(line.is_cut_within(milliseconds(300) + seconds(1)));
}

TEST_F(SupervisorFaults, NothingOutlivesAProgramAndItsSupervisor) {
  LifeLine line;
  const pid_t holder = start_holder(line, {"echo $PPID >&3; " + std::string(kStubborn)}, "300");
  ASSERT_TRUE(line.wait_for(kUps + 2));
  const std::string children =
      "/proc/" + std::to_string(holder) + "/task/" + std::to_string(holder) + "/children";
  std::ifstream file(children);
  pid_t keeper = 0, one = 0;
  file >> keeper;
  std::ifstream below("/proc/" + std::to_string(keeper) + "/task/" + std::to_string(keeper) + "/children");
  below >> one;
  ASSERT_GT(one, 1);
  ::kill(holder, SIGKILL);
  ::kill(one, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_TRUE(line.is_cut_within(milliseconds(300) + seconds(1)));
}

TEST_F(SupervisorFaults, AProgramKilledAtRandomMoments) {
  std::mt19937 random(2);
  for (int round = 0; round < 12; ++round) {
    LifeLine line;
    const pid_t holder = start_holder(line, {kStubborn, kStubborn, kStubborn}, "100");
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
    ::kill(holder, SIGKILL);
    ::waitpid(holder, nullptr, 0);
    EXPECT_TRUE(line.is_cut_within(milliseconds(100) + seconds(1))) << round;
  }
}

}  // namespace
}  // namespace vnode::test
