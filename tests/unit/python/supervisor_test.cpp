#include "python/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <deque>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include "unit/python/stand_in.h"

namespace vnode::test {
namespace {

class SupervisorTest : public testing::Test {
 protected:
  std::unique_ptr<Supervisor> start(const char* text = kStandIn) {
    const Result<Interpreter> python = find_interpreter("/usr/bin/python3");
    return start(*python, text);
  }
  std::unique_ptr<Supervisor> start(const Interpreter& interpreter, const char* text = kStandIn) {
    Result<std::unique_ptr<Supervisor>> supervisor =
        Supervisor::start(interpreter, watcher_, {text, std::to_string(std::hash<std::string>()(text))});
    EXPECT_TRUE(supervisor) << supervisor.error().message;
    return supervisor ? std::move(*supervisor) : nullptr;
  }
  /// Once its end has become known.
  static std::string complaint_of(Supervisor& supervisor) {
    Once exit;
    if (supervisor.start_host(exit.function())) {
      EXPECT_TRUE(exit.comes());
    }
    EXPECT_FALSE(supervisor.is_alive());
    EXPECT_FALSE(supervisor.start_host(nullptr));
    return supervisor.complaint();
  }
  static void expect_no_children() {
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }
  /// The numbers in a reply.
  static std::vector<int> numbers_in(std::string text) {
    for (char& letter : text) letter = std::isdigit(static_cast<unsigned char>(letter)) ? letter : ' ';
    std::istringstream stream(text);
    std::vector<int> numbers;
    for (int number = 0; stream >> number;) numbers.push_back(number);
    return numbers;
  }
  /// Waits until that process is gone.
  static bool ends(pid_t pid) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (::kill(pid, 0) == 0 && !is_zombie(pid)) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  /// Ended, but nobody has reaped it yet: adopted by a process that is in no hurry.
  static bool is_zombie(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text(std::istreambuf_iterator<char>(stat), {});
    return text.find(") Z ") != std::string::npos;
  }

  ScratchFolder cache_;
  EnvironmentEntry cache_home_{"XDG_CACHE_HOME", cache_.path()};
  FdWatcher watcher_;
};

TEST_F(SupervisorTest, StartsAHostThatAnswers) {
  const auto supervisor = start();
  StandInHost host(*supervisor);
  EXPECT_EQ(host.ask("echo", R"({"a":1})"), R"([{"a": 1}])");
  EXPECT_TRUE(supervisor->is_alive());
  EXPECT_EQ(supervisor->complaint(), "");
  EXPECT_EQ(host.status(), std::nullopt);
}

TEST_F(SupervisorTest, ManyHostsAtOnce) {
  const auto supervisor = start();
  std::deque<StandInHost> hosts;
  for (int i = 0; i < 20; ++i) {
    hosts.emplace_back(*supervisor);
    hosts.back().tell("echo", std::to_string(i));
  }
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(hosts[static_cast<std::size_t>(i)].reply(), "[" + std::to_string(i) + "]");
  for (int i = 0; i < 20; ++i) hosts[static_cast<std::size_t>(i)].tell("exit", std::to_string(i));
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(hosts[static_cast<std::size_t>(i)].exits());
    EXPECT_EQ(hosts[static_cast<std::size_t>(i)].status(), i);
  }
}

TEST_F(SupervisorTest, HostsMayBeAskedForFromAnyThread) {
  const auto supervisor = start();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&supervisor, i] {
      for (int round = 0; round < 5; ++round) {
        StandInHost host(*supervisor);
        EXPECT_EQ(host.ask("echo", std::to_string(i)), "[" + std::to_string(i) + "]");
        host.tell("exit", "0");
        EXPECT_TRUE(host.exits());
        supervisor->forget(host.number());
      }
    });
  }
}

TEST_F(SupervisorTest, MoreHostsThanTheControlSocketHolds) {
  // Each takes the kernel memory of a packet, and none is read before the program has been loaded.
  const auto supervisor = start();
  std::deque<StandInHost> hosts;
  for (int i = 0; i < 40; ++i) {
    hosts.emplace_back(*supervisor);
    for (int round = 0; round < 20; ++round) supervisor->terminate_children(0);
  }
  for (StandInHost& host : hosts) host.tell("exit", "4");
  for (StandInHost& host : hosts) {
    EXPECT_TRUE(host.exits());
    EXPECT_EQ(host.status(), 4);
  }
}

TEST_F(SupervisorTest, TellsHowAHostEnded) {
  const auto supervisor = start();
  StandInHost exits(*supervisor), dies(*supervisor), ends(*supervisor);
  exits.tell("exit", "3");
  dies.tell("die", "9");
  ends.tell("exit", "0");
  EXPECT_TRUE(exits.exits());
  EXPECT_TRUE(dies.exits());
  EXPECT_TRUE(ends.exits());
  EXPECT_EQ(exits.status(), 3);
  EXPECT_EQ(dies.status(), -9);
  EXPECT_EQ(ends.status(), 0);
  EXPECT_EQ(exits.reply(), "closed");
  supervisor->forget(exits.number());
  EXPECT_EQ(exits.status(), std::nullopt);
  EXPECT_TRUE(supervisor->is_alive());
}

TEST_F(SupervisorTest, PassesOnWhatAHostPrints) {
  const auto supervisor = start();
  StandInHost host(*supervisor);
  host.tell("print", "\"text\"");
  EXPECT_EQ(host.output(), "text");
  EXPECT_EQ(host.errors(), "TEXT");
  EXPECT_TRUE(host.exits());
  EXPECT_EQ(supervisor->complaint(), "");
}

TEST_F(SupervisorTest, SendsSignals) {
  const auto supervisor = start();
  StandInHost interrupted(*supervisor), killed(*supervisor), terminated(*supervisor);
  for (StandInHost* host : {&interrupted, &killed, &terminated}) EXPECT_EQ(host->ask("block", "0"), "[null]");
  supervisor->interrupt(interrupted.number());
  supervisor->kill(killed.number());
  supervisor->terminate_children(terminated.number());  // the stand-in has no other way: the host itself
  EXPECT_TRUE(interrupted.exits());
  EXPECT_TRUE(killed.exits());
  EXPECT_TRUE(terminated.exits());
  EXPECT_EQ(interrupted.status(), -SIGINT);
  EXPECT_EQ(killed.status(), -SIGKILL);
  EXPECT_EQ(terminated.status(), -SIGTERM);
}

TEST_F(SupervisorTest, AForgottenHostCallsNobody) {
  const auto supervisor = start();
  StandInHost host(*supervisor), other(*supervisor);
  EXPECT_EQ(host.ask("echo", "1"), "[1]");
  supervisor->forget(host.number());
  host.tell("exit", "0");
  EXPECT_EQ(host.reply(), "closed");
  other.tell("exit", "0");
  EXPECT_TRUE(other.exits());
  EXPECT_FALSE(host.has_exited());
}

TEST_F(SupervisorTest, AKilledSupervisorTakesItsHostsWithIt) {
  const auto supervisor = start();
  StandInHost host(*supervisor), other(*supervisor);
  const std::vector<int> pids = numbers_in(host.ask("pids", "0"));
  EXPECT_EQ(host.ask("block", "0"), "[null]");
  EXPECT_EQ(other.ask("echo", "1"), "[1]");
  ASSERT_EQ(pids.size(), 2u);
  ::kill(pids[1], SIGKILL);
  EXPECT_TRUE(host.exits());
  EXPECT_TRUE(other.exits());
  EXPECT_EQ(host.status(), -9);
  EXPECT_EQ(other.status(), -9);
  EXPECT_FALSE(supervisor->is_alive());
  EXPECT_EQ(supervisor->complaint(), "killed by signal 9");
  EXPECT_EQ(host.reply(), "closed");
  EXPECT_TRUE(ends(pids[0]));
  expect_no_children();
  supervisor->kill(host.number());  // harmless
  EXPECT_FALSE(supervisor->start_host(nullptr));
}

TEST_F(SupervisorTest, DestructionEndsEverything) {
  pid_t child = 0;
  std::vector<int> pids;
  auto supervisor = start();
  StandInHost host(*supervisor);
  pids = numbers_in(host.ask("pids", "0"));
  child = numbers_in(host.ask("child", "0")).at(0);
  EXPECT_EQ(host.ask("block", "0"), "[null]");
  supervisor.reset();
  EXPECT_TRUE(host.has_exited());
  EXPECT_EQ(host.reply(), "closed");
  for (const pid_t pid : {pids[0], pids[1], child}) EXPECT_TRUE(ends(pid));
  expect_no_children();
}

TEST_F(SupervisorTest, DestructionKillsASupervisorThatHangs) {
  for (const char* text : {
           "import time\ntime.sleep(1000)\n",  // before it is ready, and after:
           "import os, time\ndef main():\n  os.write(3, b'{\"op\":\"ready\"}')\n  os.write(2, b'ready')\n"
           "  time.sleep(1000)\n",
       }) {
    auto supervisor = start(text);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::string(text).find("ready") != std::string::npos && supervisor->complaint() != "ready") {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    Once exit;
    EXPECT_TRUE(supervisor->start_host(exit.function()));  // which it never does
    supervisor.reset();
    EXPECT_TRUE(exit.has_come());
    expect_no_children();
  }
}

TEST_F(SupervisorTest, EndsAtOnceWhileStillStarting) {
  for (int round = 0; round < 5; ++round) {
    auto supervisor = start();
    Once exit;
    EXPECT_TRUE(supervisor->start_host(exit.function()));
    supervisor.reset();
    EXPECT_TRUE(exit.has_come());
    expect_no_children();
  }
}

TEST_F(SupervisorTest, SaysWhyItEnded) {
  EXPECT_EQ(complaint_of(*start({"/bin/false", false})), "ended with exit code 1");
  EXPECT_EQ(complaint_of(*start({"/bin/true", false})), "ended with exit code 0");
  const std::string complaint = complaint_of(*start("import no_such_module_at_all\n"));
  EXPECT_NE(complaint.find("No module named 'no_such_module_at_all'\nended with exit code 1"),
            std::string::npos)
      << complaint;
  EXPECT_EQ(complaint_of(*start("import os\nos.write(1, b'out'); os.write(2, b'err'); os._exit(7)\n")),
            "outerr\nended with exit code 7");
}

TEST_F(SupervisorTest, KeepsTheEndOfALongComplaint) {
  const std::string complaint =
      complaint_of(*start("import os\nfor i in range(100): os.write(2, b'x' * 10000)\nos.write(2, b'last')\n"
                          "os._exit(1)\n"));
  EXPECT_LT(complaint.size(), 5'000u);
  EXPECT_TRUE(complaint.ends_with("xlast\nended with exit code 1"));
}

TEST_F(SupervisorTest, WhatCannotBeStartedIsAnError) {
  ScratchFolder folder;
  const std::string text = write_script(folder, "text", "no program\n");
  const std::string closed = folder.write("closed", "#!/bin/sh\n");
  const auto code_of = [this](const std::string& path) {
    const auto started = Supervisor::start({path, false}, watcher_, {kStandIn, "x"});
    EXPECT_FALSE(started);
    EXPECT_NE(started.error().message.find(path), std::string::npos);
    return started.error().code;
  };
  EXPECT_EQ(code_of("/no/such/python"), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(text), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(closed), ErrorCode::kUnavailable);
  expect_no_children();
}

TEST_F(SupervisorTest, TheHostHasOrdinarySignals) {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t all, former;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &former);
  const auto supervisor = start();
  ::pthread_sigmask(SIG_SETMASK, &former, nullptr);
  StandInHost host(*supervisor);
  const std::string lines = host.ask("signals", "0");
  EXPECT_NE(lines.find("SigBlk:\\t0000000000000000"), std::string::npos) << lines;
  const std::size_t ignored = lines.find("SigIgn:\\t");
  ASSERT_NE(ignored, std::string::npos);
  // Python itself ignores SIGPIPE (13) and SIGXFSZ (25); 32 and 33 are glibc's own.
  EXPECT_EQ(std::stoull(lines.substr(ignored + 9), nullptr, 16) & ~0x180000000ull, 0x1001000u) << lines;
}

TEST_F(SupervisorTest, WorksWithoutAPlaceForFiles) {
  const EnvironmentEntry no_cache("XDG_CACHE_HOME", "/dev/null/none");
  const auto supervisor = start();
  StandInHost host(*supervisor);
  EXPECT_EQ(host.ask("echo", "1"), "[1]");
}

TEST_F(SupervisorTest, ModulesInTheWorkingDirectoryAreNotTheHostsOwn) {
  ScratchFolder folder;
  folder.write("json.py", "raise SystemExit('the wrong json')\n");
  const std::filesystem::path former = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const char* cache : {cache_.path().c_str(), "/dev/null/none"}) {
    const EnvironmentEntry cache_home("XDG_CACHE_HOME", cache);
    const auto supervisor = start();
    StandInHost host(*supervisor);
    EXPECT_EQ(host.ask("echo", "1"), "[1]");
  }
  std::filesystem::current_path(former);
}

}  // namespace
}  // namespace vnode::test
