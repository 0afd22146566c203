#include "client/client.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "async/line_socket.h"
#include "async/listener.h"
#include "async/sockets.h"
#include "model/value_ops.h"
#include "support/scratch_folder.h"
#include "support/test_authority.h"
#include "support/without_root_rights.h"

namespace vnode::test {
namespace {

const std::string kHello = rpc_notification("hello", Dict({{"vnode", "test"}, {"protocol", 1}}));

/// A daemon whose every word the test decides, on a thread of its own.
class ScriptedServer {
 public:
  /// Called for each call that arrives; may send, and close by resetting the pointer.
  using Script = std::function<void(std::unique_ptr<LineSocket>&, const RpcCall&)>;

  ScriptedServer(OwnedFd listening, std::string first_line, Script script)
      : first_line_(std::move(first_line)),
        script_(std::move(script)),
        thread_([this, fd = listening.release()] { serve(OwnedFd(fd)); }) {}
  ~ScriptedServer() {
    loop_.post([this] { is_ended_ = true; });
    thread_.join();
  }

 private:
  void serve(OwnedFd listening) {
    Listener listener(loop_, std::move(listening), [this](OwnedFd fd) { accept(std::move(fd)); });
    while (!is_ended_) loop_.wait_until(std::nullopt);
    clients_.clear();
  }
  void accept(OwnedFd fd) {
    auto client = std::make_shared<std::unique_ptr<LineSocket>>();
    const auto weak = std::weak_ptr(client);
    LineSocket::Callbacks callbacks;
    callbacks.on_line = [this, weak](std::string line) {
      const auto held = weak.lock();
      for (const RpcRequest::Item& item : read_rpc_request(line).items) {
        if (*held && item.call) script_(*held, *item.call);
      }
    };
    *client = std::make_unique<LineSocket>(loop_, std::move(fd), kMaxRpcLine, std::move(callbacks));
    clients_.push_back(client);
    if (!first_line_.empty()) (*client)->send(first_line_ + "\n");
  }

  std::string first_line_;
  Script script_;
  EventLoop loop_;
  bool is_ended_ = false;
  std::vector<std::shared_ptr<std::unique_ptr<LineSocket>>> clients_;
  std::thread thread_;
};

using Connected = std::variant<std::unique_ptr<Client>, CallError>;
using Answer = std::variant<Value, CallError>;

std::string word_of(const Connected& connected) {
  const CallError* error = std::get_if<CallError>(&connected);
  return error ? error->error.word : "connected";
}

std::string word_of(const Answer& answer) {
  const CallError* error = std::get_if<CallError>(&answer);
  return error ? error->error.word : "answered";
}

class Clients : public testing::Test {
 protected:
  void serve(ScriptedServer::Script script, std::string first_line = kHello) {
    Result<OwnedFd> listening = listen_unix(path);
    ASSERT_TRUE(listening.ok()) << listening.error().message;
    server =
        std::make_unique<ScriptedServer>(std::move(*listening), std::move(first_line), std::move(script));
  }
  std::unique_ptr<Client> connected() {
    Connected result = Client::connect({.socket = path});
    EXPECT_EQ(word_of(result), "connected");
    return std::holds_alternative<CallError>(result) ? nullptr : std::move(std::get<0>(result));
  }
  CallError refused(const DaemonAddress& address, Duration timeout = std::chrono::seconds(10)) {
    Connected result = Client::connect(address, timeout);
    EXPECT_NE(word_of(result), "connected");
    return std::holds_alternative<CallError>(result) ? std::get<CallError>(result) : CallError();
  }
  std::string refusal() { return refused({.socket = path}).error.word; }

  ScratchFolder folder;
  std::string path = folder.file("socket");
  std::unique_ptr<ScriptedServer> server;
};

void echo(std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
  socket->send(rpc_result(*call.id, Dict({{"method", call.method}, {"params", call.params}})) + "\n");
}

TEST_F(Clients, CallAndGetTheAnswer) {
  serve(echo);
  const std::unique_ptr<Client> client = connected();
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->is_connected());
  EXPECT_TRUE(same(*client->hello().as_dict().find("vnode"), Value("test")));
  for (int i = 0; i < 100; ++i) {
    const Answer answer = client->call("run.get", {{"id", i}});
    ASSERT_EQ(word_of(answer), "answered");
    const Dict echoed = std::get<Value>(answer).as_dict();
    EXPECT_TRUE(same(*echoed.find("method"), Value("run.get")));
    EXPECT_TRUE(same(*echoed.find("params"), Value(Dict({{"id", i}}))));
  }
}

TEST_F(Clients, CarryLargeCallsAndAnswers) {
  serve(echo);
  const std::unique_ptr<Client> client = connected();
  const std::string large(10'000'000, 'x');
  const Answer answer = client->call("run.submit", {{"workflow", large}});
  ASSERT_EQ(word_of(answer), "answered");
  const Dict params = std::get<Value>(answer).as_dict().find("params")->as_dict();
  EXPECT_EQ(params.find("workflow")->as_text(), large);
}

TEST_F(Clients, GetTheDaemonsErrors) {
  serve([](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
    socket->send(rpc_error(*call.id, {RpcErrorCode::kServer, "unknown_run", "no run", {{"x", 1}}}) + "\n");
  });
  const std::unique_ptr<Client> client = connected();
  const Answer answer = client->call("run.get", {});
  ASSERT_EQ(word_of(answer), "unknown_run");
  EXPECT_TRUE(std::get<CallError>(answer).is_from_daemon);
  EXPECT_EQ(std::get<CallError>(answer).error.message, "no run");
  EXPECT_TRUE(client->is_connected());
}

TEST_F(Clients, KeepNotificationsThatComeBeforeTheAnswer) {
  serve([](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
    for (int i = 0; i < 3; ++i) socket->send(rpc_notification("run.event", Dict({{"seq", i}})) + "\n");
    socket->send(rpc_result(*call.id, true) + "\n");
    socket->send(rpc_notification("run.events_end", {}) + "\n");
  });
  const std::unique_ptr<Client> client = connected();
  ASSERT_EQ(word_of(client->call("run.events", {})), "answered");
  for (int i = 0; i < 3; ++i) {
    const auto notification = client->next_notification();
    ASSERT_TRUE(notification.has_value());
    EXPECT_EQ(notification->method, "run.event");
    EXPECT_TRUE(same(*notification->params.as_dict().find("seq"), Value(i)));
  }
  EXPECT_EQ(client->next_notification()->method, "run.events_end");
  EXPECT_FALSE(client->next_notification(std::chrono::steady_clock::now()).has_value());
  EXPECT_TRUE(client->is_connected());
}

TEST_F(Clients, ADaemonThatGoesAwayInTheMiddle) {
  serve([](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
    socket->send(rpc_notification("run.event", {}) + "\n");
    socket->send(rpc_result(*call.id, 1).substr(0, 10));
    socket = nullptr;
  });
  const std::unique_ptr<Client> client = connected();
  const Answer answer = client->call("run.get", {});
  ASSERT_EQ(word_of(answer), "disconnected");
  EXPECT_FALSE(std::get<CallError>(answer).is_from_daemon);
  EXPECT_FALSE(std::get<CallError>(answer).error.message.empty());
  EXPECT_FALSE(client->is_connected());
  EXPECT_TRUE(client->next_notification().has_value());
  EXPECT_FALSE(client->next_notification().has_value());
  EXPECT_EQ(word_of(client->call("run.get", {})), "disconnected");
}

TEST_F(Clients, AnAnswerBeforeTheEndCounts) {
  serve([](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
    echo(socket, call);
    socket = nullptr;
  });
  const std::unique_ptr<Client> client = connected();
  EXPECT_EQ(word_of(client->call("daemon.shutdown", {})), "answered");
  EXPECT_FALSE(client->next_notification().has_value());
  EXPECT_FALSE(client->is_connected());
}

TEST_F(Clients, SomethingElseThanAMessageEndsTheConnection) {
  serve([](std::unique_ptr<LineSocket>& socket, const RpcCall&) { socket->send("HTTP/1.1 400\n"); });
  const std::unique_ptr<Client> client = connected();
  EXPECT_EQ(word_of(client->call("run.get", {})), "disconnected");
  EXPECT_FALSE(client->is_connected());
}

TEST_F(Clients, AnErrorThatAnswersNoCallIsForTheOneThatWaits) {
  serve([](std::unique_ptr<LineSocket>& socket, const RpcCall&) {
    socket->send(rpc_error(nullptr, {RpcErrorCode::kServer, "too_busy", "busy", {}}) + "\n");
    socket->close_when_sent();
  });
  const std::unique_ptr<Client> client = connected();
  const Answer answer = client->call("run.get", {});
  ASSERT_EQ(word_of(answer), "too_busy");
  EXPECT_TRUE(std::get<CallError>(answer).is_from_daemon);
}

TEST_F(Clients, AnErrorThatCameBeforeTheCallTellsWhyItFails) {
  serve([](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
    echo(socket, call);
    socket->send(rpc_error(nullptr, {RpcErrorCode::kServer, "too_many_clients", "too many", {}}) + "\n");
    socket->close_when_sent();
  });
  const std::unique_ptr<Client> client = connected();
  EXPECT_EQ(word_of(client->call("run.get", {})), "answered");
  EXPECT_FALSE(client->next_notification());
  EXPECT_FALSE(client->is_connected());
  EXPECT_EQ(word_of(client->call("run.get", {})), "too_many_clients");
}

TEST_F(Clients, ATooLongCallCostsOnlyItself) {
  serve([refused = false](std::unique_ptr<LineSocket>& socket, const RpcCall& call) mutable {
    if (std::exchange(refused, true)) return echo(socket, call);
    socket->send(rpc_error(nullptr, {RpcErrorCode::kInvalidRequest, "too_long", "too long", {}}) + "\n");
  });
  const std::unique_ptr<Client> client = connected();
  EXPECT_EQ(word_of(client->call("run.submit", {})), "too_long");
  EXPECT_EQ(word_of(client->call("run.get", {})), "answered");
}

TEST_F(Clients, MayBeInterruptedFromAnotherThread) {
  std::promise<void> called;
  serve([&](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
    if (call.method == "run.wait") {
      called.set_value();  // and no answer
    } else {
      echo(socket, call);
    }
  });
  const std::unique_ptr<Client> client = connected();
  std::thread other([&] {
    called.get_future().wait();
    client->interrupt();
  });
  EXPECT_EQ(word_of(client->call("run.wait", {})), "interrupted");
  other.join();
  EXPECT_EQ(word_of(client->call("run.get", {})), "answered");
  client->interrupt();
  EXPECT_FALSE(client->next_notification().has_value());
  EXPECT_TRUE(client->is_connected());
}

TEST_F(Clients, ALateAnswerIsForNobody) {
  std::optional<Value> first_id;
  serve([&](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
    if (!first_id) {
      first_id = call.id;
      socket->send(rpc_notification("now", {}) + "\n");
      return;
    }
    socket->send(rpc_result(*first_id, "late") + "\n");
    socket->send(rpc_result(*call.id, "mine") + "\n");
  });
  const std::unique_ptr<Client> client = connected();
  client->interrupt();
  EXPECT_EQ(word_of(client->call("run.wait", {})), "interrupted");
  EXPECT_EQ(client->next_notification()->method, "now");
  const Answer answer = client->call("run.get", {});
  ASSERT_EQ(word_of(answer), "answered");
  EXPECT_TRUE(same(std::get<Value>(answer), Value("mine")));
}

TEST_F(Clients, TellWhyTheyCannotConnect) {
  EXPECT_EQ(refusal(), "no_daemon");
  { const Result<OwnedFd> stale = listen_unix(path); }
  EXPECT_EQ(refusal(), "no_daemon");
  const CallError error = refused({.socket = "/" + std::string(500, 'x')});
  EXPECT_EQ(error.error.word, "too_long");
  EXPECT_FALSE(error.is_from_daemon);
  EXPECT_EQ(refused({.tcp = "nowhere"}).error.word, "bad_address");
}

TEST_F(Clients, TellThatTheyMayNotConnect) {
  serve(echo);
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const WithoutRootRights rights;
  EXPECT_EQ(refusal(), "not_allowed");
}

TEST_F(Clients, TellAWorkflowOnlyToADaemonOfTheirUserOrOfRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a socket away";
  serve(echo);
  const auto submit = [this] { return word_of(connected()->call("run.submit", {})); };
  EXPECT_EQ(submit(), "answered");
  ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
  EXPECT_EQ(submit(), "not_trusted");
  EXPECT_EQ(word_of(connected()->call("run.list", {})), "answered");
  ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(folder.path().c_str(), 12345, 12345), 0);
  EXPECT_EQ(submit(), "not_trusted");
  ASSERT_EQ(::chown(folder.path().c_str(), 0, 0), 0);
  EXPECT_EQ(submit(), "answered");
}

TEST_F(Clients, RefuseWhatIsNoDaemonOfTheirProtocol) {
  for (const std::string& line :
       {std::string("SSH-2.0-OpenSSH"), rpc_notification("hello", Dict({{"protocol", "1"}})),
        rpc_notification("hello", Dict({{"vnode", "9"}, {"protocol", 2}})), rpc_notification("hi", {})}) {
    ::unlink(path.c_str());
    serve(echo, line);
    EXPECT_EQ(refusal(), line.starts_with("SSH") ? "disconnected" : "wrong_protocol") << line;
  }
}

TEST_F(Clients, TellThatTheDaemonTurnedThemAway) {
  serve(echo, rpc_error(nullptr, {RpcErrorCode::kServer, "too_many_clients", "full", {}}));
  const CallError error = refused({.socket = path});
  EXPECT_EQ(error.error.word, "too_many_clients");
  EXPECT_TRUE(error.is_from_daemon);
}

TEST_F(Clients, DoNotWaitForEverForTheGreeting) {
  serve(echo, "");
  EXPECT_EQ(refused({.socket = path}, std::chrono::milliseconds(20)).error.word, "no_reply");
}

TEST_F(Clients, SendTheTokenOverTcp) {
  Result<OwnedFd> listening = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(listening.ok());
  const std::string address = local_address(listening->get());
  server = std::make_unique<ScriptedServer>(
      std::move(*listening), kHello, [](std::unique_ptr<LineSocket>& socket, const RpcCall& call) {
        const Value* token = call.params.find("token");
        if (call.method != "auth" || (token && same(*token, Value("secret")))) return echo(socket, call);
        socket->send(rpc_error(*call.id, {RpcErrorCode::kServer, "not_allowed", "no", {}}) + "\n");
      });
  EXPECT_EQ(refused({.tcp = address, .token = "guess"}).error.word, "not_allowed");
  Connected result = Client::connect({.tcp = address, .token = "secret"});
  ASSERT_EQ(word_of(result), "connected");
  EXPECT_EQ(word_of(std::get<0>(result)->call("run.get", {})), "answered");
}

TEST_F(Clients, OverTcpMissADaemonInOtherWords) {
  Result<OwnedFd> listening = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(listening.ok());
  const std::string address = local_address(listening->get());
  const CallError silent = refused({.tcp = address}, std::chrono::milliseconds(10));
  EXPECT_EQ(silent.error.word, "no_reply");
  EXPECT_NE(silent.error.message.find("it may be that it speaks TLS"), std::string::npos);
  listening->reset();
  EXPECT_EQ(refused({.tcp = address}).error.word, "unreachable");
}

TEST_F(Clients, SpeakTlsWhenTheyKnowWhomToTrust) {
  const TestAuthority authority(folder);
  Result<OwnedFd> listening = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(listening.ok());
  const std::string address = local_address(listening->get());
  server = std::make_unique<ScriptedServer>(std::move(*listening), kHello, echo);
  const CallError plain = refused({.tcp = address, .tls_ca = authority.file()});
  EXPECT_EQ(plain.error.word, "tls_failed");
  EXPECT_FALSE(plain.is_from_daemon);
  EXPECT_EQ(plain.error.message, "no TLS connection with " + address + ": the other side does not speak TLS");
  const CallError missing = refused({.tcp = address, .tls_ca = folder.file("none")});
  EXPECT_EQ(missing.error.word, "bad_tls_ca");
  EXPECT_NE(missing.error.message.find(folder.file("none")), std::string::npos);
}

TEST_F(Clients, SpeakTlsBeyondThisMachine) {
  Result<OwnedFd> listening = listen_tcp("0.0.0.0:0");
  ASSERT_TRUE(listening.ok());
  const std::string address = local_address(listening->get());
  server = std::make_unique<ScriptedServer>(std::move(*listening), kHello, echo);
  EXPECT_EQ(refused({.tcp = address, .token = "secret"}).error.word, "tls_failed")
      << "the token does not go out in plain text";
}

}  // namespace
}  // namespace vnode::test
