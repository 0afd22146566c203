// The daemon as a whole: how it starts, what it refuses to start on, and how it ends.
#include "daemon/daemon.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>

#include <fstream>

#include "async/sockets.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

class Daemons : public DaemonFixture {
 protected:
  /// Why it does not start.
  Error refusal() {
    const Result<void> started = try_start();
    EXPECT_FALSE(started.ok());
    return started ? Error() : started.error();
  }
  static mode_t mode_of(const std::string& path) {
    struct stat status = {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }
};

TEST_F(Daemons, SayWhatTheyAre) {
  start();
  const auto caller = connect();
  caller->wait(caller->submit(quick_workflow()));
  const Value info = caller->call("daemon.info");
  EXPECT_EQ(at(info, "vnode"), "0.0-test");
  EXPECT_EQ(at(info, "protocol"), "1");
  EXPECT_EQ(at(info, "pid"), std::to_string(::getpid()));
  EXPECT_EQ(at(info, "state"), "serving");
  EXPECT_EQ(at(info, "state_directory"), settings.state_directory);
  EXPECT_EQ(at(info, "socket"), settings.socket);
  EXPECT_EQ(at(info, "store/ok"), "true");
  EXPECT_EQ(at(info, "store/error"), "");
  EXPECT_EQ(at(info, "runs/completed"), "1");
  EXPECT_EQ(at(info, "clients"), "1");
  EXPECT_EQ(at(info, "lost_event_files"), "0");
  stop();
  EXPECT_THAT(notices, ElementsAre("READY=1", "STOPPING=1"));
}

TEST_F(Daemons, LogTheBeginAndTheEndOfEachRun) {
  start();
  const auto caller = connect();
  const std::string id = caller->submit(quick_workflow(), {{"name", "quick.json"}});
  caller->wait(id);
  stop();
  std::vector<std::string> of_run;
  for (const std::string& line : log.lines()) {
    if (line.find(id) != std::string::npos) of_run.push_back(line);
  }
  ASSERT_EQ(of_run.size(), 2U);
  EXPECT_EQ(of_run[0], "info: run " + id + " begins: quick.json");
  EXPECT_THAT(of_run[1], testing::StartsWith("info: run " + id + " has ended: completed after"));
}

TEST_F(Daemons, KeepTheirFilesToThemselves) {
  start();
  const auto caller = connect();
  const std::string id = caller->submit(quick_workflow());
  caller->wait(id);
  EXPECT_EQ(mode_of(settings.state_directory), 0700U);
  EXPECT_EQ(mode_of(folder.file("run")), 0700U);
  EXPECT_EQ(mode_of(settings.socket), 0600U);
  EXPECT_EQ(mode_of(settings.state_directory + "/lock"), 0600U);
  EXPECT_EQ(mode_of(settings.state_directory + "/events"), 0700U);
  EXPECT_EQ(mode_of(event_file(id)), 0600U);
}

TEST_F(Daemons, AreOneForAStateDirectory) {
  start();
  const std::string socket = std::exchange(settings.socket, folder.file("run/other"));
  RecordingLog other_log;
  DaemonServices services{
      .clock = clock, .log = other_log, .load_nodes = [](const Registry*) { return Registry(); }};
  const Result<std::unique_ptr<Daemon>> second = Daemon::start(settings, services);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("already"));
  EXPECT_FALSE(std::filesystem::exists(settings.socket));
  settings.socket = socket;
  EXPECT_EQ(at(connect()->call("daemon.info"), "state"), "serving");
}

TEST_F(Daemons, AreOneForASocket) {
  start();
  DaemonSettings others = settings;
  others.state_directory = folder.file("other-state");
  RecordingLog other_log;
  DaemonServices services{
      .clock = clock, .log = other_log, .load_nodes = [](const Registry*) { return Registry(); }};
  const Result<std::unique_ptr<Daemon>> second = Daemon::start(others, services);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("already"));
  EXPECT_EQ(at(connect()->call("daemon.info"), "state"), "serving");
}

TEST_F(Daemons, ReplaceAStaleSocket) {
  std::filesystem::create_directory(folder.file("run"));
  ASSERT_EQ(::chmod(folder.file("run").c_str(), 0700), 0);
  { ASSERT_TRUE(listen_unix(settings.socket).ok()); }
  start();
  EXPECT_EQ(at(connect()->call("daemon.info"), "state"), "serving");
}

TEST_F(Daemons, DoNotStartOnADamagedStore) {
  std::filesystem::create_directory(settings.state_directory);
  ASSERT_EQ(::chmod(settings.state_directory.c_str(), 0700), 0);
  const std::string junk(5000, 'j');
  folder.write("state/runs.db", junk);
  const Error error = refusal();
  EXPECT_NE(error.code, ErrorCode::kInternal);
  EXPECT_EQ(error.place.file, settings.state_directory + "/runs.db");
  EXPECT_EQ(folder.read("state/runs.db"), junk);
  EXPECT_FALSE(std::filesystem::exists(settings.socket));
}

TEST_F(Daemons, DoNotStartWhereOthersCanWrite) {
  std::filesystem::create_directory(settings.state_directory);
  ASSERT_EQ(::chmod(settings.state_directory.c_str(), 0777), 0);
  EXPECT_EQ(refusal().code, ErrorCode::kUnreadable);
}

TEST_F(Daemons, DoNotStartOnASocketThatIsTooLong) {
  settings.socket = folder.file("run/" + std::string(120, 's'));
  EXPECT_EQ(refusal().code, ErrorCode::kUsage);
  // Nothing is held back by the attempt.
  settings.socket = folder.file("run/socket");
  start();
}

TEST_F(Daemons, ServeSocketsThatAreHandedToThem) {
  Result<OwnedFd> inherited = listen_unix(folder.file("handed"));
  ASSERT_TRUE(inherited.ok());
  handed_sockets = {inherited->release()};
  start();
  connect({.socket = folder.file("handed")})->call("daemon.shutdown");
  EXPECT_TRUE(join().ok());
  EXPECT_FALSE(std::filesystem::exists(settings.socket));
}

TEST_F(Daemons, GiveSignsOfLife) {
  DaemonServices services{
      .clock = clock, .log = log, .load_nodes = [](const Registry*) { return Registry(); }};
  std::mutex mutex;
  std::condition_variable changed;
  int signs = 0;
  services.watchdog = 1ms;
  services.notify = [&](std::string_view what) {
    const std::lock_guard lock(mutex);
    if (what == "WATCHDOG=1") ++signs;
    changed.notify_all();
  };
  Result<std::unique_ptr<Daemon>> started = Daemon::start(settings, services);
  ASSERT_TRUE(started.ok());
  std::thread thread([&] { EXPECT_TRUE((*started)->run().ok()); });
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, kPatience, [&] { return signs >= 3; }));
  }
  (*started)->signal(DaemonSignal::kTerminate);
  thread.join();
}

// ---- the end

TEST_F(Daemons, EndWhenTheyAreTold) {
  start();
  const auto caller = connect();
  EXPECT_EQ(at(caller->call("daemon.shutdown"), "stopping"), "true");
  EXPECT_TRUE(join().ok());
  EXPECT_FALSE(caller->client().next_notification(std::chrono::steady_clock::now() + kPatience));
  EXPECT_FALSE(caller->client().is_connected());
  EXPECT_TRUE(log.has("ended"));
  start();
}

TEST_F(Daemons, EndAtOnceWhenNothingRuns) {
  settings.shutdown_grace = 10min;
  start();
  const auto caller = connect();
  caller->wait(caller->submit(quick_workflow()));
  daemon->signal(DaemonSignal::kTerminate);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(join().ok());
  // Less than any of the limits that would end it in the end.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 15s);
}

TEST_F(Daemons, LetRunsEndForTheGracePeriod) {
  settings.shutdown_grace = 10min;
  start();
  const auto caller = connect();
  const std::string id = caller->submit(gate_workflow("a"));
  const std::string waiting = caller->submit(gate_workflow("a"), {{"on_interrupt", "retry"}});
  ASSERT_TRUE(gates.wait_for("a", 2));
  daemon->signal(DaemonSignal::kTerminate);
  ASSERT_TRUE(log.wait_for("shutting down"));
  // Those who are connected are answered, and may not submit any more.
  EXPECT_EQ(at(caller->call("daemon.info"), "state"), "stopping");
  EXPECT_EQ(caller->status(id), "running");
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", quick_workflow()}}).word, "shutting_down");
  EXPECT_FALSE(connect_unix(settings.socket).ok());
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(join().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5min);
  start();
  EXPECT_EQ(connect()->status(waiting), "completed");
}

TEST_F(Daemons, InterruptRunsAfterTheGracePeriod) {
  start();
  const auto caller = connect();
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  const std::int64_t subscription = caller->follow(id);
  caller->call("daemon.shutdown", {{"grace", 0.05}});
  const std::vector<Value> events = caller->events_of(subscription);
  EXPECT_EQ(at(events.back(), "status"), "interrupted");
  EXPECT_EQ(caller->end_status(), "interrupted");
  EXPECT_TRUE(join().ok());
}

TEST_F(Daemons, EndAtOnceWhenTheyAreToldTwice) {
  settings.shutdown_grace = 10min;
  start();
  const auto caller = connect();
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  daemon->signal(DaemonSignal::kTerminate);
  ASSERT_TRUE(log.wait_for("shutting down"));
  daemon->signal(DaemonSignal::kTerminate);
  EXPECT_EQ(at(caller->wait(id), "status"), "interrupted");
  EXPECT_TRUE(join().ok());
}

TEST_F(Daemons, StartNothingWhileTheyEnd) {
  settings.shutdown_grace = 10min;
  settings.queues = {{"default", 1}};
  start();
  const auto caller = connect();
  const std::string first = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  const std::string second = caller->submit(gate_workflow("b"));
  daemon->signal(DaemonSignal::kTerminate);
  ASSERT_TRUE(log.wait_for("shutting down"));
  gates.open("a");
  gates.open("b");
  EXPECT_EQ(at(caller->wait(first), "status"), "completed");
  EXPECT_TRUE(join().ok());
  EXPECT_THAT(gates.arrivals(), ElementsAre("a"));
  start();
  EXPECT_EQ(at(connect()->wait(second), "status"), "completed");
}

TEST_F(Daemons, EndWithCallsUnderWay) {
  // Whatever is being done at that moment ends in order, or is dropped.
  for (int round = 0; round < 5; ++round) {
    start();
    RawConnection raw = connect_raw();
    const std::string large = R"({"jsonrpc":"2.0","id":1,"method":"run.submit","params":{"workflow":)" +
                              at(quick_workflow(), "") + std::string(400'000, ' ') + "}}\n";
    for (int i = 0; i < 5; ++i) raw.send(large);
    raw.send(R"({"jsonrpc":"2.0","id":2,"method":"nodes.reload"})"
             "\n");
    stop();
  }
}

TEST_F(Daemons, EndWhileRunsComeAndGo) {
  for (int round = 0; round < 3; ++round) {
    start();
    const auto caller = connect();
    caller->call("run.watch");
    RawConnection raw = connect_raw();
    std::string text;
    for (int i = 0; i < 50; ++i) {
      text += R"({"jsonrpc":"2.0","id":1,"method":"run.submit","params":{"workflow":)" +
              at(quick_workflow(), "") + "}}\n";
    }
    raw.send(text);
    raw.read_reply();
    stop();
  }
  start();
  const auto caller = connect();
  const std::vector<std::string> ids = each(part(caller->call("run.list", {{"limit", 1000}}), "runs"), "id");
  EXPECT_GE(ids.size(), 3U);
  for (const std::string& id : ids) {
    const std::string status = at(caller->wait(id), "status");
    EXPECT_THAT((std::vector<std::string>{"completed", "interrupted"}), Contains(status));
  }
}

// ---- reload

TEST_F(Daemons, TakeANewConfiguration) {
  settings.queues = {{"default", 1}};
  settings.resources = {{"old", 1000}};
  DaemonSettings next = settings;
  next.queues = {{"default", 2}, {"new", 3}};
  next.resources = {{"license", 5000}};
  next.max_pending = 0;
  next.socket = "/not/changed";
  load_settings = [&next] { return next; };
  start();
  const auto caller = connect();
  caller->call("queue.set", {{"name", "mine"}, {"concurrency", 9}});
  daemon->signal(DaemonSignal::kReload);
  ASSERT_TRUE(log.wait_for("have been read again"));
  const Value list = caller->call("queue.list");
  EXPECT_THAT(each(part(list, "queues"), "name"), ElementsAre("default", "mine", "new"));
  EXPECT_THAT(each(part(list, "queues"), "concurrency"), ElementsAre("2", "9", "3"));
  EXPECT_THAT(each(part(list, "resources"), "name"), ElementsAre("license"));
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", quick_workflow()}}).word, "queue_full");
  EXPECT_EQ(at(caller->call("daemon.info"), "socket"), settings.socket);
  stop();
  EXPECT_THAT(notices, ElementsAre("READY=1", "RELOADING=1", "READY=1", "STOPPING=1"));
}

TEST_F(Daemons, KeepTheirConfigurationWhenTheNewOneIsWrong) {
  settings.queues = {{"default", 1}};
  load_settings = []() -> Result<DaemonSettings> { return Error{ErrorCode::kUsage, "nonsense in line 3"}; };
  folder.write("nodes/broken.json", "{ half");
  start();
  daemon->signal(DaemonSignal::kReload);
  ASSERT_TRUE(log.wait_for("have been read again"));
  EXPECT_TRUE(
      log.has("error: the configuration stays as it was: nonsense in line 3; node definitions have been"));
  const std::vector<std::string> lines = log.lines();
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.find("configuration") != line.npos; }),
            1);
  EXPECT_TRUE(log.has("broken.json"));
  EXPECT_EQ(at(connect()->call("queue.list"), "queues/0/concurrency"), "1");
}

// ---- nodes

TEST_F(Daemons, ListAndReloadNodeTypes) {
  start();
  const auto caller = connect();
  const auto has_node = [&](const std::string& id) {
    const std::vector<std::string> ids = each(part(caller->call("nodes.list"), "nodes"), "id");
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  EXPECT_TRUE(has_node("test_gate"));
  EXPECT_FALSE(has_node("d"));
  folder.write("nodes/d.json", R"({"node_id":"d","name":"D","python_code":"x"})");
  folder.write("nodes/broken.json", "{ half");
  EXPECT_TRUE(has_node("d"));
  const Value reply = caller->call("nodes.reload");
  EXPECT_NE(at(reply, "nodes"), "0");
  EXPECT_THAT(each(part(reply, "notes"), "file"), Contains(HasSubstr("broken.json")));
}

}  // namespace
}  // namespace vnode::test
