#include "python/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

struct TestPipe {
  TestPipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader = OwnedFd(ends[0]);
    writer = OwnedFd(ends[1]);
  }
  OwnedFd reader, writer;
};

Result<ChildProcess> shell(const std::string& text, std::span<const int> passed = {}) {
  return ChildProcess::start({"/bin/sh", "-c", text}, passed);
}

/// What it writes to its descriptor 1.
std::string output_of(const std::string& text) {
  TestPipe pipe;
  const Result<ChildProcess> child = shell(text, std::array{pipe.writer.get()});
  EXPECT_TRUE(child);
  pipe.writer.reset();
  return read_to_end(pipe.reader.get());
}

int status_of(const std::string& text) {
  Result<ChildProcess> child = shell(text);
  EXPECT_TRUE(child && is_readable_soon(child->fd()));
  const std::optional<int> status = child->reap();
  EXPECT_EQ(child->reap(), std::nullopt);
  return status.value_or(12345);
}

TEST(ChildProcess, TellsHowItEnded) {
  EXPECT_EQ(status_of("exit 0"), 0);
  EXPECT_EQ(status_of("exit 3"), 3);
  EXPECT_EQ(status_of("kill -TERM $$"), -SIGTERM);
}

TEST(ChildProcess, HasNoStatusWhileItRuns) {
  Result<ChildProcess> child = shell("sleep 1000");
  ASSERT_TRUE(child);
  EXPECT_EQ(child->reap(), std::nullopt);
  child->kill_group();
  EXPECT_TRUE(is_readable_soon(child->fd()));
  EXPECT_EQ(child->reap(), -SIGKILL);
}

TEST(ChildProcess, IsKilledAndReapedWithItsOwner) {
  TestPipe pipe;
  {
    const Result<ChildProcess> child = shell("sleep 1000 & sleep 1000", std::array{pipe.writer.get()});
    ASSERT_TRUE(child);
    pipe.writer.reset();
  }
  EXPECT_EQ(read_to_end(pipe.reader.get()), "") << "all that held the other end are gone";
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ChildProcess, PassesDescriptorsAndNoOthers) {
  TestPipe first, second;
  const OwnedFd inheritable(::dup(first.writer.get()));
  const Result<ChildProcess> child =
      shell("echo /proc/self/fd/* >&2; echo two >&3",
            std::array{first.writer.get(), first.writer.get(), second.writer.get()});
  ASSERT_TRUE(child);
  first.writer.reset();
  const_cast<OwnedFd&>(inheritable).reset();
  second.writer.reset();
  // The shell lists the folder by a descriptor of its own.
  EXPECT_TRUE(read_to_end(first.reader.get())
                  .starts_with("/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3"));
  EXPECT_EQ(read_to_end(second.reader.get()), "two\n");
  EXPECT_EQ(output_of("readlink /proc/self/fd/0"), "/dev/null\n");
}

TEST(ChildProcess, TakesDescriptorsWhoseNumbersItGivesToOthers) {
  TestPipe first, second;
  const OwnedFd saved_1(::fcntl(1, F_DUPFD_CLOEXEC, 10)), saved_2(::fcntl(2, F_DUPFD_CLOEXEC, 10));
  ::dup2(first.writer.get(), 2);
  ::dup2(second.writer.get(), 1);
  const Result<ChildProcess> child = shell("echo one; echo two >&2", std::array{2, 1});
  ::dup2(saved_1.get(), 1);
  ::dup2(saved_2.get(), 2);
  first.writer.reset();
  second.writer.reset();
  ASSERT_TRUE(child);
  EXPECT_EQ(read_to_end(first.reader.get()), "one\n");
  EXPECT_EQ(read_to_end(second.reader.get()), "two\n");
}

TEST(ChildProcess, HasOrdinarySignalsAndASessionOfItsOwn) {
  ::signal(SIGUSR1, SIG_IGN);
  sigset_t all, former;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &former);
  const std::string blocked = output_of("sed -n 's/SigBlk:\t//p' /proc/self/status");
  const std::string ignored = output_of("sed -n 's/SigIgn:\t//p' /proc/self/status");
  const std::string session = output_of("set -- $(cat /proc/self/stat); test $6 = $$ && echo own");
  ::pthread_sigmask(SIG_SETMASK, &former, nullptr);
  ::signal(SIGUSR1, SIG_DFL);
  EXPECT_EQ(blocked, "0000000000000000\n");
  // 32 and 33 are glibc's own.
  EXPECT_EQ(std::stoull(ignored, nullptr, 16) & ~0x180000000ull, 0u) << ignored;
  EXPECT_EQ(session, "own\n");
}

TEST(ChildProcess, SaysWhatCannotBeStarted) {
  ScratchFolder folder;
  const Result<ChildProcess> missing = ChildProcess::start({"/no/such/program"}, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, "cannot start '/no/such/program': No such file or directory");
  const Result<ChildProcess> text = ChildProcess::start({write_script(folder, "text", "text")}, {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(ChildProcess::start({folder.path()}, {}));
}

}  // namespace
}  // namespace vnode::test
