// Processes that do all they can to stay: nothing of them is left.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/process_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Each says "up" on descriptor 3 when it is where it wants to be.
constexpr const char* kHiding[] = {
    // forks twice
    "sh -c 'sh -c \"echo up >&3; exec sleep 600\" & exit' ; exec sleep 600",
    // a session of its own
    "setsid sh -c 'echo up >&3; exec sleep 600' & wait",
    // without its environment
    "env -i /bin/sh -c 'echo up >&3; exec sleep 600'",
    // all of it at once
    "sh -c 'setsid env -i /bin/sh -c \"trap \\\"\\\" TERM HUP INT; echo up >&3; while :; do /bin/sleep 1; "
    "done\" & exit'; "
    "exec sleep 600",
    // ignores what can be ignored
    "trap '' TERM HUP INT QUIT; echo up >&3; while :; do sleep 1; done",
    // stops itself
    "echo up >&3; kill -STOP $$",
    // stops what it has started
    "sh -c 'echo up >&3; kill -STOP $$' & wait",
    // leads a process group of its own
    "python3 -c 'import os, time; os.setpgid(0, 0); os.write(3, b\"up\\n\"); time.sleep(600)'",
    // its first thread has ended
    "python3 -c 'import ctypes, os, threading, time\nthreading.Thread(target=lambda: (time.sleep(0.05), "
    "os.write(3, b\"up\\n\"), time.sleep(600))).start()\nctypes.CDLL(None).pthread_exit(None)'",
    // starts others all the time
    "trap '' TERM; echo up >&3; while :; do sleep 600 & sleep 0.01; done",
};

class ProcessFaults : public ProcessTest {};

TEST_F(ProcessFaults, NothingIsLeftOfAProcessThatHides) {
  for (const char* script : kHiding) {
    LifeLine line;
    const auto told = start_held(script, line);
    ASSERT_TRUE(line.wait_for(3)) << script;
    const auto begin = std::chrono::steady_clock::now();
    processes->stop(number, milliseconds(100));
    told->end();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5)) << script;
    EXPECT_EQ(told->end().left, 0u);
    EXPECT_TRUE(line.is_cut_within(milliseconds(0))) << script;
  }
}

TEST_F(ProcessFaults, NothingIsLeftAtTheEndOfTheRun) {
  LifeLine line;
  std::vector<Started> all;
  for (const char* script : kHiding) all.push_back(start_held(script, line));
  ASSERT_TRUE(line.wait_for(3 * std::size(kHiding)));
  processes->end(milliseconds(200));
  EXPECT_TRUE(processes->wait_until_gone(seconds(30)));
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
  for (const Started& one : all) one->end();
}

TEST_F(ProcessFaults, StoppingOneLeavesTheOthers) {
  LifeLine line, other_line;
  const char* const script = kHiding[3];
  const auto one = start_held("trap '' TERM; echo up >&3; " + std::string("while :; do sleep 1; done"), line);
  const ProcessNumber first = number;
  const auto other = start_held(script, other_line);
  ASSERT_TRUE(line.wait_for(3));
  ASSERT_TRUE(other_line.wait_for(3));
  processes->stop(first, milliseconds(50));
  one->end();
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
  EXPECT_FALSE(other_line.is_cut_within(milliseconds(50)));
  EXPECT_FALSE(other->has_ended());
}

TEST_F(ProcessFaults, WhatIsStoppedCanStillCleanUp) {
  const auto told = start(shell("trap 'echo cleaned; exit 2' TERM; echo up; kill -STOP $$; sleep 600"));
  told->lines(1);
  processes->stop(number, seconds(30));
  EXPECT_EQ(told->end().code, 2);
  EXPECT_EQ(told->output(), "up\ncleaned\n");
}

TEST_F(ProcessFaults, CleaningUpMayStartPrograms) {
  // They are no part of what was told to end.
  const auto told = start(shell("trap 'sleep 0.3 && echo cleaned; exit' TERM; echo up; sleep 600 & wait"));
  told->lines(1);
  processes->stop(number, seconds(30));
  told->end();
  EXPECT_EQ(told->output(), "up\ncleaned\n");
}

TEST_F(ProcessFaults, AWorkingDirectoryThatVanishes) {
  auto folder = std::make_unique<ScratchFolder>();
  ProcessStart start = shell("echo up; read x; pwd >/dev/null; exit 3");
  start.directory = folder->path();
  start.input = OwnedFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::string path = folder->path();
  const auto told = this->start(std::move(start));
  told->lines(1);
  folder.reset();
  EXPECT_EQ(told->end().code, 3);
  ProcessStart again = shell("true");
  again.directory = path;
  EXPECT_EQ(this->start(std::move(again))->end().error->code, ErrorCode::kNotFound);
}

TEST_F(ProcessFaults, TheCallersOwnDirectoryVanishes) {
  const std::string former = std::filesystem::current_path();
  {
    const ScratchFolder folder;
    std::filesystem::current_path(folder.path());
  }
  const Result<ProcessNumber> started = processes->start(shell("true"), [](const ProcessEnd&) {});
  std::filesystem::current_path(former);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().message, "the working directory is gone");
}

TEST_F(ProcessFaults, AFolderIsNotHeldByTheSupervisor) {
  const std::string former = std::filesystem::current_path();
  const ScratchFolder folder;
  std::filesystem::current_path(folder.path());
  const auto told = run("readlink /proc/$PPID/cwd");
  std::filesystem::current_path(former);
  EXPECT_EQ(told->output(), "/\n");
}

TEST_F(ProcessFaults, ManyAreStoppedTogether) {
  LifeLine line;
  std::vector<Started> all;
  for (int i = 0; i < 60; ++i) {
    all.push_back(start_held(
        std::string(i % 2 ? "trap '' TERM; " : "") + "echo up >&3; while :; do sleep 600; done", line));
  }
  ASSERT_TRUE(line.wait_for(3 * all.size()));
  const auto begin = std::chrono::steady_clock::now();
  processes->end(milliseconds(300));
  EXPECT_TRUE(processes->wait_until_gone(seconds(30)));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(300) + seconds(5));
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
}

}  // namespace
}  // namespace vnode::test
