#pragma once

#include <poll.h>

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "async/fd_watcher.h"
#include "python/frame_channel.h"
#include "python/supervisor.h"
#include "unit/python/python_support.h"

namespace vnode::test {

/// A small Python end: knows the control socket, and hosts that do one thing a frame: [["what", argument]].
inline constexpr const char* kStandIn = R"py(
import json, os, select, signal, socket, struct, sys, time


def receive(channel, size):
    data = b""
    while len(data) < size:
        piece = channel.recv(size - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data


def reply(channel, value):
    data = json.dumps([value]).encode()
    channel.sendall(struct.pack("<I", len(data)) + data)


def signals():
    lines = open("/proc/self/status").read().splitlines()
    return [line for line in lines if line.startswith(("SigBlk", "SigIgn"))]


def host(fds):
    os.setsid()
    os.dup2(fds[1], 1)
    os.dup2(fds[2], 2)
    channel = socket.socket(fileno=fds[0])
    while True:
        size, = struct.unpack("<I", receive(channel, 4))
        what, argument = json.loads(receive(channel, size))[0]
        if what == "echo":
            reply(channel, argument)
        elif what == "exit":
            os._exit(argument)
        elif what == "die":
            os.kill(os.getpid(), argument)
        elif what == "print":
            os.write(1, argument.encode())
            os.write(2, argument.upper().encode())
            os._exit(0)
        elif what == "pids":
            reply(channel, [os.getpid(), os.getppid()])
        elif what == "signals":
            reply(channel, signals())
        elif what == "child":
            child = os.fork()
            if child == 0:
                time.sleep(1000)
            reply(channel, child)
        elif what == "block":
            reply(channel, None)
            time.sleep(1000)


class Supervisor:
    def __init__(self):
        self.control = socket.socket(fileno=int(sys.argv[3]))
        self.poll = select.poll()
        self.poll.register(self.control, select.POLLIN)
        self.hosts = {}
        self.running = {}

    def run(self):
        self.tell(op="ready")
        while True:
            for fd, _ in self.poll.poll():
                if fd in self.running:
                    self.reap(fd)
                elif not self.serve():
                    return

    def tell(self, **packet):
        try:
            self.control.send(json.dumps(packet).encode())
        except BrokenPipeError:
            pass

    def reap(self, pidfd):
        number, pid = self.running.pop(pidfd)
        self.poll.unregister(pidfd)
        os.close(pidfd)
        self.tell(op="exited", host=number, status=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    def serve(self):
        text, fds, _, _ = socket.recv_fds(self.control, 4096, 8)
        if not text:
            for pidfd, (number, pid) in list(self.running.items()):
                self.kill(pid, signal.SIGKILL)
                self.reap(pidfd)
            return False
        packet = json.loads(text)
        op, number = packet["op"], packet["host"]
        if op == "fork":
            self.fork(number, fds)
        elif number in self.hosts:
            self.kill(self.hosts[number], {"term": signal.SIGTERM, "interrupt": signal.SIGINT}.get(op, signal.SIGKILL))
        return True

    def kill(self, pid, number):
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            os.kill(pid, number)

    def fork(self, number, fds):
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            host(fds)
        for fd in fds:
            os.close(fd)
        self.hosts[number] = pid
        pidfd = os.pidfd_open(pid)
        self.running[pidfd] = number, pid
        self.poll.register(pidfd, select.POLLIN)
        self.tell(op="forked", host=number, pid=pid)


def main():
    Supervisor().run()
)py";

/// Something that another thread does once.
class Once {
 public:
  std::function<void()> function() {
    return [state = state_] { state->set_value(); };
  }
  bool comes() { return future_.wait_for(std::chrono::seconds(20)) == std::future_status::ready; }
  bool has_come() { return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

 private:
  std::shared_ptr<std::promise<void>> state_ = std::make_shared<std::promise<void>>();
  std::future<void> future_ = state_->get_future();
};

/// A host of the stand-in, with the waiting that its user does.
class StandInHost {
 public:
  explicit StandInHost(Supervisor& supervisor) : supervisor_(supervisor) {
    Result<HostConnection> connection = supervisor.start_host(exit_.function());
    EXPECT_TRUE(connection) << connection.error().message;
    if (!connection) return;
    number_ = connection->host;
    channel_ = std::make_unique<FrameChannel>(std::move(connection->channel));
    output_ = std::move(connection->output);
    errors_ = std::move(connection->errors);
  }

  HostNumber number() const { return number_; }
  FrameChannel& channel() { return *channel_; }
  std::string output() { return read_to_end(output_.get()); }
  std::string errors() { return read_to_end(errors_.get()); }
  bool exits() { return exit_.comes(); }
  bool has_exited() { return exit_.has_come(); }
  std::optional<int> status() const { return supervisor_.exit_status(number_); }

  void tell(const std::string& what, const std::string& argument) {
    channel_->queue("[\"" + what + "\"," + argument + "]");
    channel_->flush();
  }
  /// The reply as it is in the frame, "closed", or "nothing".
  std::string reply() {
    for (;;) {
      std::string_view frame;
      const FrameChannel::Receipt receipt = channel_->receive(frame);
      if (receipt == FrameChannel::Receipt::kFrame) return std::string(frame);
      if (receipt == FrameChannel::Receipt::kClosed) return "closed";
      if (!is_readable_soon(channel_->fd())) return "nothing";
    }
  }
  std::string ask(const std::string& what, const std::string& argument) {
    tell(what, argument);
    return reply();
  }

 private:
  Supervisor& supervisor_;
  Once exit_;
  HostNumber number_ = 0;
  std::unique_ptr<FrameChannel> channel_;
  OwnedFd output_, errors_;
};

}  // namespace vnode::test
