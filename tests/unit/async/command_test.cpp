#include "async/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include "base/owned_fd.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 60s;

Command shell(const std::string& script) {
  return {.words = {"sh", "-c", script}, .timeout = std::chrono::milliseconds(kPatience)};
}

CommandEnd run_words(const Command& command) {
  const Result<CommandEnd> end = run_command(command);
  EXPECT_TRUE(end.ok()) << (end ? "" : end.error().message);
  return end ? *end : CommandEnd{.code = -1000};
}

/// Waits until a process that is no child of ours is gone. A number that is used again would be a mistake of
/// the system's within seconds.
bool is_gone(pid_t pid) {
  const OwnedFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) return true;
  pollfd watched{pidfd.get(), POLLIN, 0};
  return ::poll(&watched, 1, 60'000) == 1;
}

/// What a process has written into a file, once it is a whole line.
std::string first_line(const std::string& path) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    std::ifstream file(path);
    std::string line;
    if (std::getline(file, line) && !file.eof()) return line;
    std::this_thread::yield();
  }
  return "0";
}

TEST(Commands, GiveTheirExitCode) {
  EXPECT_EQ(run_words(shell("exit 0")).code, 0);
  EXPECT_EQ(run_words(shell("exit 7")).code, 7);
  EXPECT_EQ(run_words({.words = {"/bin/sh", "-c", "exit 3"}}).code, 3);
}

TEST(Commands, GiveTheSignalThatEndedThem) {
  const CommandEnd end = run_words(shell("kill -TERM $$"));
  EXPECT_EQ(end.code, -SIGTERM);
  EXPECT_FALSE(end.is_timeout);
}

TEST(Commands, GiveWhatTheyWroteOnBothStreams) {
  EXPECT_EQ(run_words(shell("echo out; echo err >&2; echo more")).output, "out\nerr\nmore\n");
}

TEST(Commands, GiveTheBeginningOfALongOutput) {
  const CommandEnd end = run_words(shell("yes 0123456789 | head -c 1000000"));
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.output.size(), 4096U);
  EXPECT_TRUE(end.output.starts_with("0123456789\n0123456789\n"));
}

TEST(Commands, ReadABigInput) {
  Command command = shell("wc -c");
  command.input = std::string(10'000'000, 'x');
  EXPECT_THAT(run_words(command).output, HasSubstr("10000000"));
}

TEST(Commands, NeedNotReadTheirInput) {
  Command command = shell("exit 0");
  command.input = std::string(1'000'000, 'x');
  EXPECT_EQ(run_words(command).code, 0);
}

TEST(Commands, AreKilledWhenTheirTimeIsOver) {
  Command command = shell("echo begun; exec sleep 600");
  command.timeout = 200ms;
  const auto begin = std::chrono::steady_clock::now();
  const CommandEnd end = run_words(command);
  EXPECT_TRUE(end.is_timeout);
  EXPECT_EQ(end.code, -SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 300s);
}

TEST(Commands, AreKilledWithWhatTheyHaveStarted) {
  const ScratchFolder folder;
  Command command = shell("sleep 600 & echo $! > child; wait");
  command.directory = folder.path();
  // Enough for the child to be written down; it is read only after the end.
  command.timeout = 2s;
  EXPECT_TRUE(run_words(command).is_timeout);
  const pid_t child = static_cast<pid_t>(std::stol(first_line(folder.file("child"))));
  ASSERT_GT(child, 0);
  EXPECT_TRUE(is_gone(child));
}

TEST(Commands, LeaveNothingBehindWhenTheyEndByThemselves) {
  const ScratchFolder folder;
  Command command = shell("sleep 600 & echo $! > child");
  command.directory = folder.path();
  EXPECT_EQ(run_words(command).code, 0);
  const pid_t child = static_cast<pid_t>(std::stol(folder.read("child")));
  ASSERT_GT(child, 0);
  EXPECT_TRUE(is_gone(child));
}

TEST(Commands, GetTheirEnvironmentOnTopOfThePrograms) {
  ASSERT_EQ(::setenv("VNODE_TEST_KEPT", "kept", 1), 0);
  ASSERT_EQ(::setenv("VNODE_TEST_REPLACED", "old", 1), 0);
  Command command = shell("echo $VNODE_TEST_KEPT $VNODE_TEST_REPLACED $VNODE_TEST_NEW");
  command.environment = {{"VNODE_TEST_REPLACED", "new"}, {"VNODE_TEST_NEW", "a=b"}};
  EXPECT_EQ(run_words(command).output, "kept new a=b\n");
  EXPECT_STREQ(std::getenv("VNODE_TEST_REPLACED"), "old");
}

TEST(Commands, StartInTheirDirectory) {
  const ScratchFolder folder;
  Command command = shell("pwd");
  command.directory = folder.path();
  EXPECT_EQ(run_words(command).output, folder.path() + "\n");
  command.directory = folder.file("absent");
  EXPECT_EQ(run_words(command).code, 127);
}

TEST(Commands, AreFoundFromTheirDirectoryWhenTheyAreRelative) {
  const ScratchFolder folder;
  folder.write("tool", "#!/bin/sh\necho found\n");
  std::filesystem::permissions(folder.file("tool"), std::filesystem::perms::owner_all);
  const Command command{.words = {"./tool"}, .directory = folder.path()};
  EXPECT_EQ(run_words(command).output, "found\n");
}

TEST(Commands, AreNotFound) {
  for (const char* name : {"vnode-no-such-program", "/no/such/program", ""}) {
    const Result<CommandEnd> end = run_command({.words = {name}});
    ASSERT_FALSE(end.ok()) << name;
    EXPECT_EQ(end.error().code, ErrorCode::kNotFound);
  }
  EXPECT_FALSE(run_command({}).ok());
}

TEST(Commands, StartWithoutBlockedAndIgnoredSignals) {
  std::promise<CommandEnd> done;
  std::thread([&done] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    done.set_value(run_words(shell("kill -TERM $$; exit 0")));
  }).join();
  EXPECT_EQ(done.get_future().get().code, -SIGTERM);
}

TEST(Commands, DieWithTheThreadThatStartedThem) {
  // The thread must end without waiting for the command, as at the end of the process: a process of its own.
  const ScratchFolder folder;
  const std::string pid_file = folder.file("pid");
  EXPECT_EXIT(
      {
        std::thread([&folder] {
          Command command = shell("echo $$ > pid; exec sleep 600");
          command.directory = folder.path();
          [[maybe_unused]] const Result<CommandEnd> end = run_command(command);
        }).detach();
        _exit(first_line(pid_file) == "0" ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
  const pid_t pid = static_cast<pid_t>(std::stol(folder.read("pid")));
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(is_gone(pid));
}

}  // namespace
}  // namespace vnode::test
