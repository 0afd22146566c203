#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "client/client.h"
#include "daemon/daemon.h"
#include "node/node_context.h"
#include "support/fake_runtime.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {

/// No wait of a test is longer; a test that works never waits that long.
inline constexpr auto kPatience = std::chrono::seconds(60);

/// Where nodes of the types `test_gate` and `test_busy` wait until the test lets them pass. Any thread.
class Gates {
 public:
  /// For those that wait there, and all that come later.
  void open(const std::string& name);
  /// Until so many nodes have come to that gate, counted from the beginning. False when that takes too long.
  bool wait_for(const std::string& name, std::size_t count = 1);
  /// The gates that nodes have come to, in order.
  std::vector<std::string> arrivals() const;

  // What nodes do.
  ExternalOperation pass(const std::string& name);
  void block(const std::string& name);
  /// True the first so many times.
  bool fails(const std::string& name, std::int64_t times);

 private:
  struct Waiting {
    std::string name;
    std::function<void()> done;
  };

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> open_;
  std::vector<std::string> arrivals_;
  std::map<std::string, std::int64_t> failures_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_ = 0;
};

/// Keeps what a daemon says of itself.
class RecordingLog final : public DaemonLog {
 public:
  void error(std::string_view message) override { add("error: " + std::string(message)); }
  void warning(std::string_view message) override { add("warning: " + std::string(message)); }
  void info(std::string_view message) override { add("info: " + std::string(message)); }

  /// Until a line with that text is there. False when that takes too long.
  bool wait_for(const std::string& text);
  bool has(const std::string& text) const;
  std::vector<std::string> lines() const;

 private:
  void add(std::string line);
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

/// The part of a reply that PATH leads to ("nodes/executed", "runs/0/id"): a text as it is, anything else as
/// JSON; "(none)" when there is none.
std::string at(const Value& value, std::string_view path);
/// That part of each item of a list.
std::vector<std::string> each(const Value& list, std::string_view path);
Value part(const Value& value, std::string_view path);

Value document(const WorkflowBuilder& builder);
/// One node that waits at a gate.
Value gate_workflow(const std::string& gate);
/// One node that ends at once.
Value quick_workflow();

/// A client of a daemon whose mistakes are failures of the test.
class Caller {
 public:
  explicit Caller(std::unique_ptr<Client> client) : client_(std::move(client)) {}

  Value call(std::string_view method, Dict params = {});
  /// What the daemon says to a call that it refuses.
  RpcError refusal(std::string_view method, Dict params = {});

  std::string submit(const Value& workflow, Dict params = {});
  Value wait(const std::string& id) { return call("run.wait", {{"id", id}}); }
  Value get(const std::string& id) { return call("run.get", {{"id", id}}); }
  std::string status(const std::string& id) { return at(get(id), "status"); }
  void cancel(const std::string& id) { call("run.cancel", {{"ids", Value::list({Value(id)})}}); }

  /// The subscription's number.
  std::int64_t follow(const std::string& id, std::int64_t since = 0, bool follow = true);
  /// The events of that subscription until its end.
  std::vector<Value> events_of(std::int64_t subscription);
  std::vector<Value> events(const std::string& id, std::int64_t since = 0) {
    return events_of(follow(id, since));
  }
  /// What the last subscription ended with.
  const std::string& end_status() const { return end_status_; }

  /// The next notification; a failure when none comes.
  Client::Notification next();
  /// Waits for a notification of that method for which `condition` holds; passes over others.
  Value next(std::string_view method, const std::function<bool(const Value& params)>& condition = nullptr);

  Client& client() { return *client_; }

 private:
  std::unique_ptr<Client> client_;
  std::string end_status_;
};

std::vector<std::string> types_of(const std::vector<Value>& events);
/// True when they are FIRST, FIRST + 1, ...
bool are_in_order(const std::vector<Value>& events, std::int64_t first = 1);

/// A connection that says what the test wants, however wrong. Blocking.
class RawConnection {
 public:
  explicit RawConnection(OwnedFd socket) : socket_(std::move(socket)) {}
  static RawConnection to_unix(const std::string& path);
  static RawConnection to_tcp(const std::string& address);

  /// All of it. False when the other side has gone.
  bool send(std::string_view text);
  /// The next line; nullopt at the end, or when none comes.
  std::optional<std::string> read_line();
  /// The next line as a message that has an id or an error; passes over notifications.
  Value read_reply();
  std::string read_all();
  int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }

 private:
  bool fill();
  OwnedFd socket_;
  std::string buffer_;
};

/// The system's, whose wall clock somebody sets. Any thread.
class SetClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now() + WallTime::duration(ahead_); }
  void jump(WallTime::duration by) { ahead_ += by.count(); }

 private:
  std::atomic<WallTime::rep> ahead_ = 0;
};

/// A daemon in the test's own process, on a thread of its own, in a folder of its own. Node types: the native
/// ones, those of `add_test_nodes`, the definitions in `definitions`, and
///   test_gate   waits at the gate `gate`, without keeping its thread, then pushes `value`
///   test_busy   the same, but keeps the run's thread
///   test_flaky  fails the first `failures` times that one with this `name` is executed
///   test_speak  logs `count` lines of `size` bytes
class DaemonFixture : public testing::Test {
 protected:
  DaemonFixture();
  ~DaemonFixture() override;

  Result<void> try_start();
  void start();
  /// As SIGTERM would, twice: at once.
  void stop();
  /// Waits for a daemon that was told to end.
  Result<void> join();
  void restart() {
    stop();
    start();
  }
  /// The next daemon finds what this one would have left behind if it had been killed now.
  void crash_and_restart();

  std::unique_ptr<Caller> connect();
  std::unique_ptr<Caller> connect(const DaemonAddress& address);
  RawConnection connect_raw() { return RawConnection::to_unix(settings.socket); }
  std::string event_file(const std::string& id) const;

  ScratchFolder folder;
  std::string definitions = folder.file("nodes");
  SetClock clock;
  RecordingLog log;
  Gates gates;
  std::shared_ptr<FakeRuntime> runtime = std::make_shared<FakeRuntime>();
  DaemonSettings settings;
  /// For a reload; null: there is nothing to read.
  std::function<Result<DaemonSettings>()> load_settings;
  std::vector<int> handed_sockets;   ///< as a service manager hands them over; of the next start only
  std::vector<std::string> notices;  ///< what a service manager was told; once the daemon has ended
  std::unique_ptr<Daemon> daemon;

 private:
  Registry load_nodes(const Registry* last);
  std::thread thread_;
  std::optional<Result<void>> ended_;
  int copies_ = 0;
};

/// A daemon with one client, which comes back to each daemon that follows.
class CallerFixture : public DaemonFixture {
 protected:
  void begin() {
    start();
    caller = connect();
  }
  void again() {
    caller.reset();
    restart();
    caller = connect();
  }
  void crash() {
    caller.reset();
    crash_and_restart();
    caller = connect();
  }

  std::unique_ptr<Caller> caller;
};

}  // namespace vnode::test
