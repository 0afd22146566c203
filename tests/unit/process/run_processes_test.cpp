// Starting, watching, stopping, on real processes.
#include "process/run_processes.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/process_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class RunProcessesTest : public ProcessTest {};

TEST_F(RunProcessesTest, TellHowAProcessEnded) {
  EXPECT_EQ(run("exit 0")->end().code, 0);
  EXPECT_EQ(run("exit 7")->end().code, 7);
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGFPE, SIGKILL, SIGSEGV, SIGPIPE,
                           SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGBUS, SIGXCPU}) {
    EXPECT_EQ(run("ulimit -c 0; kill -" + std::to_string(number) + " $$; sleep 600")->end().code, -number);
  }
}

TEST_F(RunProcessesTest, TellWhatAProcessUsed) {
  const ProcessEnd end = run("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")->end();
  EXPECT_GT(end.user_time + end.system_time, milliseconds(1));
  EXPECT_GT(end.most_resident, 100'000u);
  EXPECT_GT(end.pid, 1);
}

TEST_F(RunProcessesTest, StartAsAProgramExpectsIt) {
  // Its own session; nothing blocked, nothing ignored; no descriptor but the three, of which 0 is empty.
  const auto told =
      run("cat; set -- $(cat /proc/self/stat); [ $6 = $$ ] && echo own session; ls /proc/self/fd | wc -l; "
          "grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f2; readlink /proc/$$/fd/0");
  EXPECT_EQ(told->output(), "own session\n4\n0000000000000000\n0000000000000000\n/dev/null\n");
}

TEST_F(RunProcessesTest, GiveTheEnvironmentAndAMark) {
  ProcessStart start = shell("env");
  start.environment = child_environment({{"MINE", "1"}, {"PATH", "/usr/bin:/bin"}},
                                        {.run_id = "r1", .node_id = "n1", .attempt = 2, .try_number = 3});
  const auto told = this->start(std::move(start));
  told->end();
  for (const char* entry : {"MINE=1\n", "VNODE_RUN_ID=r1\n", "VNODE_NODE_ID=n1\n", "VNODE_ATTEMPT=2\n",
                            "VNODE_TRY=3\n", "VNODE_PROCESS="}) {
    EXPECT_THAT(told->output(), HasSubstr(entry));
  }
}

TEST_F(RunProcessesTest, GiveInputAndDirectory) {
  const ScratchFolder folder;
  ProcessStart start = shell("pwd; cat");
  start.directory = folder.path();
  start.input = OwnedFd(::memfd_create("input", MFD_CLOEXEC));
  ASSERT_EQ(::write(start.input.get(), "given", 5), 5);
  ::lseek(start.input.get(), 0, SEEK_SET);
  const auto told = this->start(std::move(start));
  told->end();
  EXPECT_EQ(told->output(), folder.path() + "\ngiven");
}

TEST_F(RunProcessesTest, SayWhyAProgramDoesNotStart) {
  const ScratchFolder folder;
  const auto failure = [this](ProcessStart start) {
    const auto told = this->start(std::move(start));
    return told->end().error.value_or(Error{ErrorCode::kInternal, "it started"});
  };
  Error error = failure({.words = {"no-such-program"}, .environment = {"PATH=/usr/bin:/bin"}});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(error.message, "no such program: no-such-program");

  folder.write("text", "no program");
  error = failure({.words = {folder.file("text")}, .environment = {}});
  EXPECT_EQ(error.code, ErrorCode::kUnreadable);
  EXPECT_EQ(error.message, "cannot execute " + folder.file("text") + ": Permission denied");

  error = failure({.words = {"true"}, .environment = {}, .directory = folder.file("gone")});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("its working directory"));

  error = failure({.words = {"/bin/true", std::string(200'000, 'x')}, .environment = {}});
  EXPECT_EQ(error.message, "cannot execute /bin/true: Argument list too long");

  const auto refused = [this](std::vector<std::string> words) {
    return processes->start({.words = std::move(words)}, [](const ProcessEnd&) { FAIL(); }).error().message;
  };
  EXPECT_EQ(refused({}), "the command is empty");
  EXPECT_EQ(refused({std::string("a\0b", 3)}), "a word of the command has a NUL in it");
}

TEST_F(RunProcessesTest, LookForTheProgramOnItsOwnPath) {
  const ScratchFolder folder;
  folder.write("tool", "echo $0 $1\n");  // without "#!": for a shell
  ::chmod(folder.file("tool").c_str(), 0755);
  const auto told = start({.words = {"tool", "word"}, .environment = {"PATH=/nowhere:" + folder.path()}});
  told->end();
  EXPECT_EQ(told->output(), folder.file("tool") + " word\n");
}

TEST_F(RunProcessesTest, StopWithTermAndGrace) {
  const auto told =
      start(shell("trap 'sleep 0.3; echo cleaned; exit 3' TERM; echo up; while :; do sleep 0.05; done"));
  told->lines(1);
  processes->stop(number, seconds(30));
  const ProcessEnd end = told->end();
  EXPECT_EQ(end.code, 3);
  EXPECT_EQ(end.reason, ProcessStop::kStopped);
  EXPECT_EQ(told->output(), "up\ncleaned\n");
}

TEST_F(RunProcessesTest, StopWithForceAfterTheGrace) {
  LifeLine line;
  const auto told =
      start_held("trap '' TERM; (trap '' TERM; echo up >&3; exec sleep 600) & echo up >&3; wait", line);
  ASSERT_TRUE(line.wait_for(6));
  const auto begin = std::chrono::steady_clock::now();
  processes->stop(number, milliseconds(200));
  EXPECT_EQ(told->end().code, -SIGKILL);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, milliseconds(190));
  EXPECT_LT(took, seconds(10));
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
}

TEST_F(RunProcessesTest, StopCanBeMadeShorter) {
  const auto told = start(shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
  told->lines(1);
  processes->stop(number, std::chrono::hours(1));
  processes->stop(number, milliseconds(10));
  EXPECT_EQ(told->end().code, -SIGKILL);
}

TEST_F(RunProcessesTest, GiveEverythingTheWholeGrace) {
  // The process itself ends at once; what it has started cleans up for a while.
  const auto told =
      start(shell("sh -c 'trap \"sleep 0.5; echo cleaned; exit\" TERM; echo up; while :; do sleep 0.05; "
                  "done' & wait"));
  told->lines(1);
  processes->stop(number, seconds(30));
  EXPECT_EQ(told->end().code, -SIGTERM);
  EXPECT_EQ(told->output(), "up\ncleaned\n");
}

TEST_F(RunProcessesTest, SpareWhatAnotherHasToOutlive) {
  ProcessStart start = shell(
      "trap 'echo wrong' TERM; sh -c 'trap \"echo term; exit\" TERM; echo up; while :; do sleep "
      "0.05; done'; echo seen; sleep 600 & wait");
  start.is_spared = true;
  const auto told = this->start(std::move(start));
  told->lines(1);
  processes->stop(number, milliseconds(500));
  EXPECT_EQ(told->end().code, -SIGKILL);
  EXPECT_EQ(told->output().substr(0, 13), "up\nterm\nseen\n");
  EXPECT_EQ(told->output().find("wrong"), std::string::npos);
}

TEST_F(RunProcessesTest, StopWhatAProcessHasStartedAndOnceOnly) {
  // The process itself starts one that ignores the signal, and goes on; the signal would be told by both.
  ProcessStart start = shell(
      "trap 'echo wrong' TERM; sh -c 'trap \"echo term\" TERM; echo up; while :; do sleep 0.05; done' & "
      "read x; while :; do sleep 0.05; done");
  start.is_spared = true;
  const auto told = this->start(std::move(start));
  told->lines(1);
  const auto begin = std::chrono::steady_clock::now();
  processes->stop_descendants(number, milliseconds(700));
  told->lines(2);
  EXPECT_FALSE(told->has_ended());
  processes->stop(number, std::chrono::hours(1));  // has no more time than it had, and hears of it no more
  EXPECT_EQ(told->end().code, -SIGKILL);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(690));
  EXPECT_EQ(told->output(), "up\nterm\n");
}

TEST_F(RunProcessesTest, StopOfWhatAProcessHasStartedOnlyWhatAnEntryNames) {
  const auto told = this->start(shell(
      "for name in a b; do NAME=$name sh -c 'trap \"echo term $NAME\" TERM; echo up; while :; do sleep 0.05; "
      "done; ' & done; wait %1; echo $?; wait %2"));
  told->lines(2);
  processes->stop_marked(number, "NAME=", milliseconds(0));  // is no entry
  processes->stop_marked(number, "NAME=a", milliseconds(300));
  EXPECT_EQ(told->lines(4), "up\nup\nterm a\n137\n");
  EXPECT_FALSE(told->has_ended()) << "itself it has not been stopped";
}

TEST_F(RunProcessesTest, TheEndOfEverythingAsksNobodyTwice) {
  ProcessStart start = shell(
      "sh -c 'trap \"echo term\" TERM; echo up; while :; do sleep 0.05; done' & while :; do sleep 0.05; "
      "done");
  start.is_spared = true;
  const auto told = this->start(std::move(start));
  told->lines(1);
  processes->stop_descendants(number, seconds(30));
  told->lines(2);
  processes->end(milliseconds(300));
  EXPECT_EQ(told->end().code, -SIGKILL);
  EXPECT_EQ(told->output(), "up\nterm\n");
}

TEST_F(RunProcessesTest, TellOfTheProcessItselfBeforeWhatItLeavesBehindIsGone) {
  LifeLine line;
  ProcessStart start = shell("sh -c \"trap '' TERM; echo up >&3; exec sleep 600\" & read x; exit 4");
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  OwnedFd go_on(ends[1]);
  start.input = OwnedFd(ends[0]);
  start.grace = std::chrono::hours(1);
  start.outputs.push_back(OwnedFd(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
  start.outputs.push_back(OwnedFd(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
  start.outputs.push_back(line.for_process());
  std::promise<ProcessEnd> exit, end;
  const Result<ProcessNumber> started = processes->start(
      std::move(start), [&end](const ProcessEnd& how) { end.set_value(how); },
      [&exit](const ProcessEnd& how) { exit.set_value(how); });
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(line.wait_for(3));
  go_on.reset();
  EXPECT_EQ(exit.get_future().get().code, 4);
  std::future<ProcessEnd> gone = end.get_future();
  EXPECT_EQ(gone.wait_for(milliseconds(0)), std::future_status::timeout);
  processes->stop(*started, milliseconds(0));
  EXPECT_EQ(gone.get().code, 4);
}

TEST_F(RunProcessesTest, TellBothOfOneThatDoesNotStart) {
  std::vector<std::string> told;
  std::promise<void> done;
  ASSERT_TRUE(processes->start(
      {.words = {"/no/such/program"}},
      [&](const ProcessEnd& end) {
        told.push_back("end " + describe(end));
        done.set_value();
      },
      [&](const ProcessEnd& end) { told.push_back("exit " + describe(end)); }));
  done.get_future().wait();
  const std::string why = "no such program: /no/such/program";
  EXPECT_THAT(told, testing::ElementsAre("exit " + why, "end " + why));
}

TEST_F(RunProcessesTest, SendSignals) {
  auto told = start(shell("trap 'echo heard' USR1; echo up; while :; do sleep 0.05; done"));
  told->lines(1);
  processes->signal(number, SIGUSR1);
  told->lines(2);
  processes->signal(number, SIGKILL);
  EXPECT_EQ(told->end().code, -SIGKILL);
}

TEST_F(RunProcessesTest, TakeWhatALauncherHasStartedForTheProcessItself) {
  const ScratchFolder folder;
  folder.write("launcher", "trap 'echo wrong' TERM INT; sh main; true");
  folder.write(
      "main",
      "trap 'echo wrong' TERM; trap 'echo int' INT; echo $$; sh child & while :; do sleep 0.05; done");
  folder.write("child", "trap 'echo term; exit' TERM; echo up; while :; do sleep 0.05; done");
  ProcessStart start = shell("exec sh launcher");
  start.is_spared = true;
  start.directory = folder.path();
  const auto told = this->start(std::move(start));
  const int main = std::atoi(told->lines(2).c_str());
  const std::string begin = std::to_string(main) + "\nup\n";
  processes->set_main(number, main);
  processes->set_main(number, ::getpid());  // not below it
  processes->stop_descendants(number, seconds(30));
  EXPECT_EQ(told->lines(3), begin + "term\n");
  processes->signal(number, SIGINT);
  EXPECT_EQ(told->lines(4), begin + "term\nint\n");
  processes->stop(number, milliseconds(100));
  EXPECT_EQ(told->end().code, -SIGKILL);
  EXPECT_EQ(told->output(), begin + "term\nint\n");
}

TEST_F(RunProcessesTest, EndWhatAProcessLeavesBehind) {
  LifeLine line;
  ProcessStart start =
      shell("(trap '' TERM; exec sleep 600) >/dev/null 2>&1 & setsid sleep 600 >/dev/null 2>&1 & exit 4");
  start.grace = milliseconds(100);
  const auto told = start_held(std::move(start), line);
  EXPECT_EQ(told->end().code, 4);
  EXPECT_EQ(told->end().reason, ProcessStop::kNone);
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
}

TEST_F(RunProcessesTest, KeepWhatAProcessLeavesBehindUntilTheRunEnds) {
  LifeLine line;
  ProcessStart start = shell("sh -c 'echo up >&3; while read line; do :; done <&0; exec sleep 600' & exit 4");
  start.keeps_remains = true;
  const auto told = start_held(std::move(start), line);
  EXPECT_EQ(told->end().code, 4);
  ASSERT_TRUE(line.wait_for(3));
  EXPECT_EQ(run("true")->end().code, 0);  // does not take it for its own
  EXPECT_FALSE(line.is_cut_within(milliseconds(50)));
  processes.reset();
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
}

TEST_F(RunProcessesTest, LimitAProcess) {
  ProcessStart start = shell("ulimit -n; ulimit -v; ulimit -t; nice");
  start.limits = {.address_space = 1 << 30, .open_files = 77, .cpu_time = seconds(5), .nice = 3};
  const auto told = this->start(std::move(start));
  told->end();
  // On top of what this program runs at.
  const int nice = ::getpriority(PRIO_PROCESS, 0) + 3;
  EXPECT_EQ(told->output(), "77\n1048576\n5\n" + std::to_string(nice) + "\n");
}

TEST_F(RunProcessesTest, EndAProcessThatTakesTooMuchTime) {
  ProcessStart start = shell("while :; do :; done");
  start.limits.cpu_time = seconds(1);
  EXPECT_EQ(this->start(std::move(start))->end().code, -SIGXCPU);
}

TEST_F(RunProcessesTest, StopATreeThatTakesTooMuchMemory) {
  LifeLine line;
  // Each of the two is below the limit.
  const std::string eater = "head -c 40000000 /dev/zero | tail -c 40000000 | { sleep 600; cat >/dev/null; }";
  ProcessStart start = shell("(" + eater + ") & (" + eater + ") & wait");
  start.limits.memory = 60'000'000;
  start.grace = milliseconds(100);
  const auto told = start_held(std::move(start), line);
  EXPECT_EQ(told->end().reason, ProcessStop::kMemory);
  EXPECT_FALSE(told->end().is_success());
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
}

TEST_F(RunProcessesTest, LeaveAnotherRunAlone) {
  RunProcesses other(watcher, kShort);
  const std::string hidden =
      "setsid sh -c 'env -i sleep 600 & ' ; trap '' TERM; echo up; while :; do sleep 0.05; done";
  LifeLine line, other_line;
  const auto mine = start_held(hidden, line);
  ProcessStart start = shell(hidden);
  start.outputs.push_back(other_line.for_process());
  const auto others = start_in(other, std::move(start));
  mine->lines(1);
  others->lines(1);
  processes->end(milliseconds(50));
  EXPECT_TRUE(processes->wait_until_gone(seconds(30)));
  EXPECT_TRUE(line.is_cut_within(milliseconds(0)));
  EXPECT_FALSE(other_line.is_cut_within(milliseconds(100)));
  EXPECT_FALSE(others->has_ended());
  other.end(milliseconds(0));
  others->end();
  EXPECT_TRUE(other_line.is_cut_within(seconds(10)));
}

TEST_F(RunProcessesTest, HoldADescriptorUntilTheyAreGone) {
  for (const bool is_running : {true, false}) {
    RunProcesses held(watcher, kShort);
    LifeLine line;
    if (is_running) start_in(held, shell("sleep 600"));
    held.hold(line.writer());
    if (!is_running) start_in(held, shell("sleep 600"));
    EXPECT_FALSE(line.is_cut_within(milliseconds(0)));
    held.end(milliseconds(0));
    EXPECT_TRUE(line.is_cut_within(seconds(10)));
  }
}

TEST_F(RunProcessesTest, StartNothingOnceTheyEnd) {
  run("true");
  processes->end(milliseconds(0));
  EXPECT_FALSE(processes->start(shell("true"), [](const ProcessEnd&) {}).ok());
}

TEST_F(RunProcessesTest, StartOthersFromTheCall) {
  std::promise<int> code;
  const Result<ProcessNumber> first = processes->start(shell("exit 1"), [&](const ProcessEnd&) {
    (void)processes->start(shell("exit 2"), [&](const ProcessEnd& end) { code.set_value(end.code); }).ok();
  });
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(code.get_future().get(), 2);
}

TEST_F(RunProcessesTest, LeaveNothingBehindAfterManyStarts) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  run("true");
  const auto before = descriptors();
  const std::string supervisor = run("echo $PPID")->output();
  const auto resident = [&] {
    return std::stol(
        run("grep VmRSS /proc/" + supervisor.substr(0, supervisor.size() - 1) + "/status | tr -dc 0-9")
            ->output());
  };
  for (int i = 0; i < 200; ++i) EXPECT_EQ(start({.words = {"/bin/true"}, .environment = {}})->end().code, 0);
  const long warm = resident();
  for (int i = 0; i < 2'000; ++i)
    EXPECT_EQ(start({.words = {"/bin/true"}, .environment = {}})->end().code, 0);
  EXPECT_LE(resident(), warm + 64);
  EXPECT_EQ(descriptors(), before);
}

}  // namespace
}  // namespace vnode::test
