#include "python/process/host_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <condition_variable>

#include "python/frame_channel.h"
#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;

/// A small Python end. Hosts do one thing a frame: [["what", argument]].
constexpr const char* kStandIn = R"py(
import json, os, socket, struct, sys, time

def receive(channel, size):
    data = b""
    while len(data) < size:
        piece = channel.recv(size - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data

def away(argument):
    # Forks twice, leads a session, and has an empty environment; says when it is there.
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            script = "trap 'echo term >> %s' TERM; echo up >&%d; while :; do /bin/sleep 0.05; done" % (argument, writing)
            os.execve("/bin/sh", ["sh", "-c", script], {})
        os._exit(0)
    os.wait()
    os.read(reading, 3)

def main():
    channel = socket.socket(fileno=int(sys.argv[-1]))
    while True:
        size, = struct.unpack("<I", receive(channel, 4))
        what, argument = json.loads(receive(channel, size))[0]
        if what == "exit":
            os._exit(argument)
        answer = argument
        if what == "away":
            away(argument)
        if what == "pids":
            answer = [os.getpid(), os.getppid()]
        data = json.dumps([answer]).encode()
        channel.sendall(struct.pack("<I", len(data)) + data)
        if what == "block":
            time.sleep(1000)
)py";

class HostProcessTest : public testing::Test {
 protected:
  /// A host of the stand-in, with the waiting that its user does.
  struct Host {
    Host(HostProcessTest& test, const Interpreter& interpreter = {"/usr/bin/python3", true},
         Duration grace = 20s) {
      Result<std::unique_ptr<HostProcess>> started =
          HostProcess::start(interpreter, test.watcher_, grace, {kStandIn, "standin"});
      EXPECT_TRUE(started) << started.error().message;
      process = std::move(*started);
      process->set_listener([news = news] {
        const std::lock_guard lock(news->mutex);
        news->changed.notify_all();
      });
      channel = std::make_unique<FrameChannel>(std::move(process->connection.channel));
    }
    void tell(const std::string& what, const std::string& argument) const {
      channel->queue("[\"" + what + "\"," + argument + "]");
      channel->flush();
    }
    std::string ask(const std::string& what, const std::string& argument) const {
      tell(what, argument);
      for (;;) {
        std::string_view frame;
        const FrameChannel::Receipt receipt = channel->receive(frame);
        if (receipt == FrameChannel::Receipt::kFrame) return std::string(frame);
        if (receipt == FrameChannel::Receipt::kClosed) return "closed";
        if (!is_readable_soon(channel->fd())) return "nothing";
      }
    }
    bool waits_for(const std::function<bool()>& is_there) const {
      // Looks again by itself as well: that a file was written is told to nobody. Looks without the lock,
      // which the listener takes under the process's own.
      const auto until = std::chrono::steady_clock::now() + 60s;
      while (!is_there()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::unique_lock lock(news->mutex);
        news->changed.wait_for(lock, 5ms);
      }
      return true;
    }
    int exit_code() const {
      EXPECT_TRUE(waits_for([this] { return process->exit().has_value(); }));
      return process->exit()->code;
    }
    bool goes() const {
      return waits_for([this] { return process->is_gone(); });
    }

    struct News {
      std::mutex mutex;
      std::condition_variable changed;
    };
    std::shared_ptr<News> news = std::make_shared<News>();
    std::unique_ptr<HostProcess> process;
    std::unique_ptr<FrameChannel> channel;
  };

  /// Has started one that hides in every way, which writes there when it gets SIGTERM.
  void hide(const Host& host) { EXPECT_EQ(host.ask("away", "\"" + heard_ + "\""), "[\"" + heard_ + "\"]"); }
  std::string heard() { return std::filesystem::exists(heard_) ? scratch_.read("heard") : ""; }

  ScratchFolder scratch_;
  std::string heard_ = scratch_.file("heard");
  EnvironmentEntry cache_home_{"XDG_CACHE_HOME", scratch_.path()};
  FdWatcher watcher_;
};

bool is_there(pid_t pid) { return ::kill(pid, 0) == 0; }

std::vector<int> numbers_in(const std::string& text) {
  std::vector<int> numbers;
  for (std::size_t at = 0; (at = text.find_first_of("0123456789", at)) != std::string::npos;) {
    std::size_t size = 0;
    numbers.push_back(std::stoi(text.substr(at), &size));
    at += size;
  }
  return numbers;
}

TEST_F(HostProcessTest, AnswersAndEnds) {
  const Host host(*this);
  EXPECT_EQ(host.ask("echo", "1"), "[1]");
  EXPECT_FALSE(host.process->exit());
  EXPECT_FALSE(host.process->is_gone());
  host.tell("exit", "3");
  EXPECT_EQ(host.exit_code(), 3);
  EXPECT_TRUE(host.goes());
}

TEST_F(HostProcessTest, ItsEndIsTheEndOfAllThatItHasStarted) {
  const Host host(*this, {"/usr/bin/python3", true}, 100ms), other(*this);
  EXPECT_EQ(other.ask("echo", "1"), "[1]");
  hide(host);
  host.tell("exit", "0");
  EXPECT_EQ(host.exit_code(), 0);
  EXPECT_TRUE(host.goes());
  EXPECT_EQ(heard(), "term\n");
  EXPECT_EQ(other.ask("echo", "2"), "[2]");
}

TEST_F(HostProcessTest, WhatItHasStartedIsAskedFirstAndOnce) {
  const Host host(*this);
  hide(host);
  host.process->stop_children(400ms);
  EXPECT_EQ(host.ask("echo", "1"), "[1]");
  EXPECT_TRUE(host.waits_for([this] { return heard() == "term\n"; }));
  host.process->stop(1h);
  EXPECT_EQ(host.exit_code(), -SIGKILL);
  EXPECT_TRUE(host.goes());
  EXPECT_EQ(heard(), "term\n");
}

TEST_F(HostProcessTest, AStopEndsItWhenItsChildrenAreGone) {
  const Host host(*this);
  EXPECT_EQ(host.ask("block", "1"), "[1]");
  host.process->stop(1h);
  EXPECT_EQ(host.exit_code(), -SIGKILL);
}

TEST_F(HostProcessTest, CanBeInterrupted) {
  const Host host(*this);
  EXPECT_EQ(host.ask("block", "1"), "[1]");
  host.process->interrupt();
  EXPECT_EQ(host.exit_code(), -SIGINT);
}

TEST_F(HostProcessTest, ALauncherThatStaysIsNotTheHost) {
  const std::string launcher =
      write_script(scratch_, "mayapy", "#!/bin/sh\n/usr/bin/python3 \"$@\"\nexit $?\n");
  const auto start = [&](const Host& host) {
    hide(host);
    host.process->set_speaker(numbers_in(host.ask("pids", "0")).at(0));
    EXPECT_EQ(host.ask("block", "1"), "[1]");
    host.process->stop_children(400ms);
    EXPECT_TRUE(host.waits_for([this] { return heard() == "term\n"; }));
  };
  {
    const Host host(*this, {launcher, false});
    start(host);
    host.process->interrupt();
    EXPECT_EQ(host.exit_code(), 128 + SIGINT);  // the launcher says so
  }
  ::unlink(heard_.c_str());
  const Host host(*this, {launcher, false});
  start(host);
  host.process->stop(1h);  // until all that it has started is gone: what leads to it is none of that
  EXPECT_EQ(host.exit_code(), -SIGKILL);
  EXPECT_TRUE(host.goes());
}

TEST_F(HostProcessTest, ItsSupervisorsDeathIsToldAtOnce) {
  const Host host(*this, {"/usr/bin/python3", true}, 300ms), other(*this);
  hide(host);
  ::kill(numbers_in(host.ask("pids", "0")).at(1), SIGKILL);
  EXPECT_TRUE(host.waits_for([&host] { return host.process->exit().has_value(); }));
  EXPECT_TRUE(host.process->exit()->is_lost);
  EXPECT_TRUE(host.goes());
  EXPECT_EQ(other.ask("echo", "2"), "[2]");
}

TEST_F(HostProcessTest, ItsDestructionEndsEverything) {
  auto host = std::make_unique<Host>(*this);
  hide(*host);
  const std::vector<int> pids = numbers_in(host->ask("pids", "0"));
  EXPECT_EQ(host->ask("block", "1"), "[1]");
  host->process.reset();
  for (const pid_t pid : pids) EXPECT_FALSE(is_there(pid));
  EXPECT_EQ(host->ask("echo", "1"), "closed");
}

TEST_F(HostProcessTest, DestructionWhileItIsStillStarting) {
  for (int round = 0; round < 5; ++round) {
    const Host host(*this);
    host.tell("echo", "1");
  }
}

TEST_F(HostProcessTest, AnInterpreterThatTakesItsTimeHoldsNobodyUp) {
  const std::string slow =
      write_script(scratch_, "mayapy", "#!/bin/sh\nsleep 1000\nexec /usr/bin/python3 \"$@\"\n");
  const auto begin = std::chrono::steady_clock::now();
  {
    const Host host(*this, {slow, false});
    host.tell("echo", "1");
    const Host other(*this);
    EXPECT_EQ(other.ask("echo", "2"), "[2]");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 60s);
}

TEST_F(HostProcessTest, WhatCannotBeStartedIsTold) {
  const Host host(*this, {"/no/such/python", true});
  EXPECT_TRUE(host.waits_for([&host] { return host.process->exit().has_value(); }));
  EXPECT_EQ(describe(*host.process->exit()), "no such program: /no/such/python");
  EXPECT_TRUE(host.goes());
}

}  // namespace
}  // namespace vnode::test
