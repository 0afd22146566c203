// All clients of a daemon: how many, over what, and who may.
#include "daemon/sessions.h"

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

class Clients : public DaemonFixture {
 protected:
  void listen() {
    settings.listen = "127.0.0.1:0";
    settings.token = "a secret token";
    start();
  }
  std::string refusal(const DaemonAddress& address) {
    auto connected = Client::connect(address, kPatience);
    const auto* error = std::get_if<CallError>(&connected);
    return error ? error->error.word : "connected";
  }
};

TEST_F(Clients, ComeOverTcpWithTheToken) {
  listen();
  const auto caller = connect({.tcp = daemon->tcp_address(), .token = "a secret token"});
  EXPECT_EQ(at(caller->client().hello(), "authenticated"), "false");
  EXPECT_EQ(at(caller->wait(caller->submit(quick_workflow())), "status"), "completed");
  EXPECT_EQ(at(caller->call("auth", {{"token", "once more, whatever it is"}}), "authenticated"), "true");
}

TEST_F(Clients, AreSentAwayWithAWrongToken) {
  listen();
  for (const char* token : {"", "a", "a secret tokem", "a secret token ", "b secret token"}) {
    EXPECT_EQ(refusal({.tcp = daemon->tcp_address(), .token = token}), "not_allowed") << token;
  }
  RawConnection raw = RawConnection::to_tcp(daemon->tcp_address());
  raw.send(R"({"jsonrpc":"2.0","id":1,"method":"auth","params":{"token":"x"}})"
           "\n");
  raw.send(R"({"jsonrpc":"2.0","id":2,"method":"auth","params":{"token":"a secret token"}})"
           "\n");
  EXPECT_EQ(at(raw.read_reply(), "error/data/code"), "not_allowed");
  EXPECT_EQ(at(raw.read_reply(), ""), "the end");
}

TEST_F(Clients, MayDoNothingWithoutTheToken) {
  listen();
  RawConnection raw = RawConnection::to_tcp(daemon->tcp_address());
  for (const char* method : {"daemon.info", "run.watch", "daemon.shutdown", "queue.list"}) {
    raw.send(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + "\"}\n");
    EXPECT_EQ(at(raw.read_reply(), "error/data/code"), "not_authenticated") << method;
  }
  raw.send(R"([{"jsonrpc":"2.0","id":1,"method":"auth","params":{"token":"a secret token"}},)"
           R"({"jsonrpc":"2.0","id":2,"method":"queue.list"}])"
           "\n");
  EXPECT_EQ(part(raw.read_reply(), "1/result").is_dict(), true);
}

TEST_F(Clients, NeedNoTokenOnTheUnixSocket) {
  listen();
  const auto caller = connect();
  EXPECT_EQ(at(caller->client().hello(), "authenticated"), "true");
  EXPECT_EQ(at(caller->call("daemon.info"), "clients"), "1");
}

TEST_F(Clients, AreLimited) {
  settings.max_clients = 2;
  start();
  const auto first = connect();
  auto second = connect();
  RawConnection third = connect_raw();
  EXPECT_EQ(at(third.read_reply(), "error/data/code"), "too_many_clients");
  EXPECT_EQ(at(third.read_reply(), ""), "the end");
  EXPECT_EQ(at(first->call("daemon.info"), "state"), "serving");
  second.reset();
  // One that is refused counts until it has gone.
  std::string clients;
  for (int i = 0; i < 10'000 && clients != "1"; ++i) clients = at(first->call("daemon.info"), "clients");
  EXPECT_EQ(at(connect()->call("daemon.info"), "clients"), "2");
}

TEST_F(Clients, BeyondThisMachineNeedMoreThanAToken) {
  settings.listen = "0.0.0.0:0";
  settings.token = "t";
  const Result<void> started = try_start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, ErrorCode::kUsage);
  EXPECT_THAT(started.error().message, HasSubstr("--tls-certificate and --tls-key"));
}

TEST_F(Clients, OverTcpNeedAToken) {
  settings.listen = "127.0.0.1:0";
  const Result<void> started = try_start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, ErrorCode::kUsage);
  EXPECT_THAT(started.error().message, HasSubstr("token"));
}

TEST_F(Clients, MayBeManyAtOnce) {
  start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 5; ++n) {
        const auto caller = connect();
        const std::string id = caller->submit(quick_workflow());
        EXPECT_EQ(types_of(caller->events(id)).back(), "execution_finished");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(part(connect()->call("run.list"), "runs").as_list().size(), 40U);
}

}  // namespace
}  // namespace vnode::test
