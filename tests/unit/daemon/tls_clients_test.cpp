// Clients that come over TLS, as the daemon sees them.
#include "daemon/tls_clients.h"

#include <filesystem>

#include "support/daemon_fixture.h"
#include "support/test_authority.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

class TlsClientsOfADaemon : public DaemonFixture {
 protected:
  void listen() {
    settings.listen = "127.0.0.1:0";
    settings.token = "a secret token";
    settings.tls_certificate = issued.certificate;
    settings.tls_key = issued.key;
    start();
  }
  DaemonAddress address() {
    return {.tcp = daemon->tcp_address(), .token = "a secret token", .tls_ca = authority.file()};
  }
  CallError refusal(const DaemonAddress& to) {
    auto connected = Client::connect(to, kPatience);
    const auto* error = std::get_if<CallError>(&connected);
    EXPECT_TRUE(error);
    return error ? *error : CallError();
  }
  /// Puts the files of another certificate in the place of the first ones.
  void replace(const IssuedCertificate& renewed) {
    std::filesystem::rename(renewed.certificate, issued.certificate);
    std::filesystem::rename(renewed.key, issued.key);
  }

  TestAuthority authority{folder};
  IssuedCertificate issued = authority.issue("one");
};

TEST_F(TlsClientsOfADaemon, AreServedAsOthers) {
  listen();
  const auto caller = connect(address());
  EXPECT_EQ(at(caller->client().hello(), "authenticated"), "false");
  const std::string id = caller->submit(quick_workflow());
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(types_of(caller->events(id)).back(), "execution_finished");
  EXPECT_TRUE(log.has("with TLS"));
}

TEST_F(TlsClientsOfADaemon, NeedTheToken) {
  listen();
  DaemonAddress wrong = address();
  wrong.token = "another token";
  EXPECT_EQ(refusal(wrong).error.word, "not_allowed");
}

TEST_F(TlsClientsOfADaemon, AreLimitedAsOthers) {
  settings.max_clients = 1;
  listen();
  const auto first = connect(address());
  EXPECT_EQ(refusal(address()).error.word, "too_many_clients");
}

TEST_F(TlsClientsOfADaemon, TrustOnlyWhomTheyWant) {
  listen();
  const TestAuthority other(folder, "other");
  DaemonAddress wrong = address();
  wrong.tls_ca = other.file();
  const CallError error = refusal(wrong);
  EXPECT_EQ(error.error.word, "tls_failed");
  EXPECT_THAT(error.error.message, HasSubstr("not from an authority that is trusted here"));
  EXPECT_TRUE(log.wait_for("does not trust the certificate"));
}

TEST_F(TlsClientsOfADaemon, HarmNobodyWhenTheySpeakPlainText) {
  listen();
  const auto good = connect(address());
  RawConnection raw = RawConnection::to_tcp(daemon->tcp_address());
  raw.send(R"({"jsonrpc":"2.0","id":1,"method":"auth","params":{"token":"a secret token"}})"
           "\n");
  EXPECT_EQ(raw.read_all().find("hello"), std::string::npos);
  EXPECT_TRUE(log.wait_for("warning: TLS client 127.0.0.1:"));
  EXPECT_TRUE(log.wait_for("does not speak TLS"));
  EXPECT_EQ(at(good->call("daemon.info"), "state"), "serving");
}

TEST_F(TlsClientsOfADaemon, MayGoInTheHandshake) {
  listen();
  RawConnection raw = RawConnection::to_tcp(daemon->tcp_address());
  raw.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
  raw.close();
  EXPECT_TRUE(log.wait_for("before the TLS handshake was done"));
  EXPECT_EQ(at(connect(address())->call("daemon.info"), "state"), "serving");
}

TEST_F(TlsClientsOfADaemon, WithoutATokenTakeNobodysPlace) {
  settings.max_clients = 2;
  listen();
  std::vector<RawConnection> silent;
  for (int i = 0; i < 600; ++i) silent.push_back(RawConnection::to_tcp(daemon->tcp_address()));
  // There are too many of them: the oldest are closed, and who comes last may know the token.
  EXPECT_EQ(silent.front().read_all(), "");
  EXPECT_EQ(at(connect(address())->call("daemon.info"), "state"), "serving");
  EXPECT_EQ(at(connect({.socket = settings.socket})->call("daemon.info"), "state"), "serving");
}

TEST_F(TlsClientsOfADaemon, GetTheLastAnswersWhenItEnds) {
  listen();
  const auto caller = connect(address());
  const std::string id = caller->submit(gate_workflow("never"));
  ASSERT_TRUE(gates.wait_for("never"));
  daemon->signal(DaemonSignal::kTerminate);
  daemon->signal(DaemonSignal::kTerminate);
  EXPECT_EQ(at(caller->wait(id), "status"), "interrupted");
  EXPECT_FALSE(caller->client().next_notification(std::chrono::steady_clock::now() + kPatience));
  EXPECT_FALSE(caller->client().is_connected());
  EXPECT_TRUE(join().ok());
}

TEST_F(TlsClientsOfADaemon, GetARenewedCertificate) {
  listen();
  const auto before = connect(address());
  const TestAuthority other(folder, "other");
  replace(other.issue("renewed"));
  daemon->signal(DaemonSignal::kReload);
  ASSERT_TRUE(log.wait_for("read again"));
  EXPECT_EQ(refusal(address()).error.word, "tls_failed") << "the new one is from another authority";
  DaemonAddress renewed = address();
  renewed.tls_ca = other.file();
  EXPECT_EQ(at(connect(renewed)->call("daemon.info"), "state"), "serving");
  EXPECT_EQ(at(before->call("daemon.info"), "state"), "serving") << "who is there stays";
}

TEST_F(TlsClientsOfADaemon, KeepTheOldCertificateWhenTheNewOneIsBad) {
  listen();
  folder.write("one.pem", "rubbish");
  daemon->signal(DaemonSignal::kReload);
  EXPECT_TRUE(log.wait_for("warning: the certificate stays as it was: " + issued.certificate));
  EXPECT_EQ(at(connect(address())->call("daemon.info"), "state"), "serving");
}

TEST_F(TlsClientsOfADaemon, MayBeManyAtOnce) {
  listen();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 5; ++n) {
        const auto caller = connect(address());
        const std::string id = caller->submit(quick_workflow());
        EXPECT_EQ(types_of(caller->events(id)).back(), "execution_finished");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(part(connect()->call("run.list"), "runs").as_list().size(), 20U);
}

}  // namespace
}  // namespace vnode::test
