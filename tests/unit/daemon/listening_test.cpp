// Where a daemon listens, and that it stays there.
#include "daemon/listening.h"

#include <sys/stat.h>

#include <filesystem>

#include "async/sockets.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Listenings : public DaemonFixture {
 protected:
  std::optional<DaemonRecord> record() const {
    return find_daemon_record(settings.state_directory + "/lock");
  }
  /// Over TCP, for clients and for metrics.
  void listen_at_any_ports() {
    settings.listen = settings.metrics = "127.0.0.1:0";
    settings.token = "a secret token";
  }
  void reload() { daemon->signal(DaemonSignal::kReload); }
  /// For the next reload.
  void set_to_read(DaemonSettings next) {
    load_settings = [next = std::move(next)] { return Result<DaemonSettings>(next); };
  }
};

TEST_F(Listenings, StandInTheLockFile) {
  listen_at_any_ports();
  start();
  const auto found = record();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->pid, ::getpid());
  EXPECT_EQ(found->socket, settings.socket);
  EXPECT_EQ(found->listen, daemon->tcp_address());
  EXPECT_EQ(found->metrics, daemon->metrics_address());
  const Value info = connect()->call("daemon.info");
  EXPECT_EQ(at(info, "listen"), found->listen);
  EXPECT_EQ(at(info, "metrics"), found->metrics);
  EXPECT_TRUE(log.has("metrics are at " + found->metrics));
  stop();
  EXPECT_EQ(record(), std::nullopt);
  EXPECT_THAT(folder.read("state/lock"), Not(HasSubstr("socket")));
}

TEST_F(Listenings, OfADaemonThatEndsAreNotInTheLockFileAnyMore) {
  settings.shutdown_grace = std::chrono::minutes(10);
  start();
  const auto caller = connect();
  caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  daemon->signal(DaemonSignal::kTerminate);
  ASSERT_TRUE(log.wait_for("shutting down"));
  EXPECT_EQ(at(caller->call("daemon.info"), "state"), "stopping");
  ASSERT_TRUE(record());
  EXPECT_EQ(record()->socket, "");
  gates.open("a");
}

TEST_F(Listenings, MakeARemovedFileAgainWithinSeconds) {
  start();
  std::filesystem::remove(settings.socket);
  ASSERT_TRUE(log.wait_for("serving again at " + settings.socket));
  EXPECT_EQ(at(connect()->call("daemon.info"), "state"), "serving");
  stop();
  EXPECT_FALSE(std::filesystem::exists(settings.socket));
}

TEST_F(Listenings, MakeAMovedFolderAgain) {
  start();
  std::filesystem::rename(folder.file("run"), folder.file("away"));
  ASSERT_TRUE(log.wait_for("serving again at " + settings.socket));
  EXPECT_EQ(at(connect()->call("daemon.info"), "state"), "serving");
}

TEST_F(Listenings, MakeARemovedFolderAgainAtAReload) {
  start();
  const auto before = connect();
  std::filesystem::remove_all(folder.file("run"));
  reload();
  ASSERT_TRUE(log.wait_for("serving again at " + settings.socket));
  struct stat status = {};
  ASSERT_EQ(::stat(folder.file("run").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  EXPECT_EQ(at(connect()->call("daemon.info"), "state"), "serving");
  EXPECT_EQ(at(before->call("daemon.info"), "state"), "serving") << "clients stay";
}

TEST_F(Listenings, GoToTheStateDirectoryWhereTheFileCannotBeMade) {
  start();
  std::filesystem::remove_all(folder.file("run"));
  folder.write("run", "in the way");
  reload();
  const std::string substitute = settings.state_directory + "/vnode.sock";
  ASSERT_TRUE(log.wait_for("serving at " + substitute));
  ASSERT_TRUE(record());
  EXPECT_EQ(record()->socket, substitute);
  EXPECT_EQ(at(connect({.socket = substitute})->call("daemon.info"), "socket"), substitute);
  std::filesystem::remove(folder.file("run"));
  reload();
  ASSERT_TRUE(log.wait_for("serving again at " + settings.socket));
  EXPECT_EQ(at(connect()->call("daemon.info"), "socket"), settings.socket);
  EXPECT_FALSE(std::filesystem::exists(substitute));
}

TEST_F(Listenings, LeaveTheFileOfAnotherInTheirPlaceAlone) {
  start();
  std::filesystem::remove(settings.socket);
  const Result<OwnedFd> other = listen_unix(settings.socket);
  ASSERT_TRUE(other.ok());
  reload();
  ASSERT_TRUE(log.wait_for("another daemon is already listening here"));
  stop();
  EXPECT_TRUE(connect_unix(settings.socket).ok());
}

TEST_F(Listenings, OfHandedOverSocketsAreTold) {
  Result<OwnedFd> inherited = listen_unix(folder.file("handed"));
  ASSERT_TRUE(inherited.ok());
  handed_sockets = {inherited->release()};
  start();
  EXPECT_EQ(daemon->socket(), folder.file("handed"));
  EXPECT_TRUE(log.has("serving at " + folder.file("handed")));
  ASSERT_TRUE(record());
  EXPECT_EQ(record()->socket, folder.file("handed"));
  std::filesystem::remove(folder.file("handed"));
  daemon->signal(DaemonSignal::kReload);
  EXPECT_TRUE(log.wait_for("serving again at " + folder.file("handed")));
  const auto caller = connect({.socket = folder.file("handed")});
  EXPECT_EQ(at(caller->call("daemon.info"), "socket"), folder.file("handed"));
}

TEST_F(Listenings, MoveAtAReload) {
  listen_at_any_ports();
  DaemonSettings next = settings;
  next.listen = next.metrics = "localhost:0";
  set_to_read(next);
  start();
  const std::string former = daemon->tcp_address();
  const std::string former_metrics = daemon->metrics_address();
  const auto remote = connect({.tcp = former, .token = "a secret token"});
  reload();
  ASSERT_TRUE(log.wait_for("have been read again"));
  const Value info = connect()->call("daemon.info");
  EXPECT_NE(at(info, "listen"), former);
  EXPECT_NE(at(info, "metrics"), former_metrics);
  EXPECT_FALSE(connect_tcp(former).ok());
  EXPECT_FALSE(connect_tcp(former_metrics).ok());
  connect({.tcp = at(info, "listen"), .token = "a secret token"})->call("run.list");
  EXPECT_EQ(at(remote->call("daemon.info"), "listen"), at(info, "listen")) << "clients stay";
  ASSERT_TRUE(record());
  EXPECT_EQ(record()->listen, at(info, "listen"));
  RawConnection raw = RawConnection::to_tcp(at(info, "metrics"));
  raw.send("GET /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(raw.read_all(), HasSubstr("vnode_store_ok 1"));
}

TEST_F(Listenings, EndAtAReload) {
  listen_at_any_ports();
  DaemonSettings next = settings;
  next.listen = next.metrics = "";
  set_to_read(next);
  start();
  const std::string former = daemon->tcp_address();
  reload();
  ASSERT_TRUE(log.wait_for("have been read again"));
  const Value info = connect()->call("daemon.info");
  EXPECT_EQ(at(info, "listen"), "");
  EXPECT_EQ(at(info, "metrics"), "");
  EXPECT_FALSE(connect_tcp(former).ok());
}

TEST_F(Listenings, StayWhereTheNewAddressCannotBeUsed) {
  listen_at_any_ports();
  const Result<OwnedFd> other = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(other.ok());
  DaemonSettings next = settings;
  next.listen = "0.0.0.0:0";  // which needs TLS
  next.metrics = local_address(other->get());
  set_to_read(next);
  start();
  const std::string former = daemon->tcp_address();
  const std::string former_metrics = daemon->metrics_address();
  reload();
  ASSERT_TRUE(log.wait_for("have been read again"));
  EXPECT_TRUE(log.has("listen stays as it was"));
  EXPECT_TRUE(log.has("metrics stays as it was"));
  EXPECT_EQ(daemon->tcp_address(), former);
  EXPECT_EQ(daemon->metrics_address(), former_metrics);
  connect({.tcp = former, .token = "a secret token"})->call("run.list");
  EXPECT_TRUE(connect_tcp(former_metrics).ok());
}

TEST_F(Listenings, TakeTheSamePortForAnotherHost) {
  settings.metrics = "127.0.0.1:0";
  std::string port;
  load_settings = [&] {
    DaemonSettings next = settings;
    next.metrics = "0.0.0.0:" + port;
    return Result<DaemonSettings>(next);
  };
  start();
  port = daemon->metrics_address().substr(std::string("127.0.0.1:").size());
  reload();
  ASSERT_TRUE(log.wait_for("have been read again"));
  EXPECT_EQ(daemon->metrics_address(), "0.0.0.0:" + port);
}

TEST_F(Listenings, DoNotBeginAtAPortThatIsUsed) {
  const Result<OwnedFd> other = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(other.ok());
  settings.metrics = local_address(other->get());
  const Result<void> started = try_start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(started.error().message, HasSubstr(settings.metrics));
  EXPECT_FALSE(std::filesystem::exists(settings.socket)) << "nothing is left behind";
}

}  // namespace
}  // namespace vnode::test
