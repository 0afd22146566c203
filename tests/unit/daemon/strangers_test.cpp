// Connections over TCP that have not shown the token.
#include "daemon/strangers.h"

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

class StrangersOfADaemon : public DaemonFixture {
 protected:
  void listen() {
    settings.listen = "127.0.0.1:0";
    settings.token = "a secret token";
    start();
  }
};

TEST_F(StrangersOfADaemon, MaySayLittle) {
  listen();
  RawConnection talker = RawConnection::to_tcp(daemon->tcp_address());
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"run.lst"})"
                           "\n";
  for (int i = 0; i < 16; ++i) {
    talker.send(call);
    const Value reply = talker.read_reply();
    EXPECT_EQ(at(reply, "error/data/code"), "not_authenticated");
    EXPECT_EQ(at(reply, "error/data/nearest"), "(none)") << "what there is, is not told either";
  }
  talker.send(call);
  EXPECT_EQ(at(talker.read_reply(), "id"), "null");
  EXPECT_EQ(at(talker.read_reply(), ""), "the end");
  RawConnection longwinded = RawConnection::to_tcp(daemon->tcp_address());
  longwinded.send(std::string(5000, ' '));
  EXPECT_EQ(at(longwinded.read_reply(), "error/data/code"), "line_too_long");
  EXPECT_EQ(at(longwinded.read_reply(), ""), "the end");
  // And with it as much as anybody.
  const auto caller = connect({.tcp = daemon->tcp_address(), .token = "a secret token"});
  EXPECT_EQ(
      at(caller->wait(caller->submit(quick_workflow(), {{"description", std::string(4096, 'd')}})), "status"),
      "completed");
}

TEST_F(StrangersOfADaemon, SendNobodyAway) {
  listen();
  const auto local = connect();
  const auto remote = connect({.tcp = daemon->tcp_address(), .token = "a secret token"});
  std::vector<RawConnection> strangers;
  for (int i = 0; i < 600; ++i) {
    strangers.push_back(RawConnection::to_tcp(daemon->tcp_address()));
    strangers.back().send(std::string(4000, 'x'));
  }
  // The oldest of them have to go, not those that came last.
  EXPECT_THAT(strangers.front().read_all(), testing::Not(HasSubstr("error")));
  EXPECT_THAT(*strangers.back().read_line(), HasSubstr("hello"));
  EXPECT_EQ(at(local->call("daemon.info"), "state"), "serving");
  EXPECT_EQ(at(remote->call("daemon.info"), "state"), "serving");
  const auto late = connect({.tcp = daemon->tcp_address(), .token = "a secret token"});
  EXPECT_EQ(at(late->call("daemon.info"), "state"), "serving");
}

}  // namespace
}  // namespace vnode::test
