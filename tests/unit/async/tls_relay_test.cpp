#include "async/tls_relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>

#include "async/line_socket.h"
#include "support/loop_wait.h"
#include "support/socket_pair.h"
#include "support/test_authority.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMuch = 4'000'000;

/// A relay, the plain socket at its far side, and how it ended.
struct Station {
  std::unique_ptr<TlsRelay> relay;
  SocketPair plain;
  int ended = 0;
  std::string error;
  Duration patience = std::chrono::seconds(60);

  void open(EventLoop& loop, TlsStream stream, OwnedFd network) {
    const auto on_ended = [this](const Error* why) {
      ++ended;
      error = why ? why->message : "";
    };
    relay = std::make_unique<TlsRelay>(loop, std::move(stream), std::move(network), std::move(plain.near),
                                       on_ended, patience);
  }
};

/// plain - client's relay - network - server's relay - plain
class TlsRelays : public testing::Test {
 protected:
  void open_server(OwnedFd network) {
    const TlsContext context =
        TlsContext::for_server(issued.certificate, issued.key, folder.read("one.key")).value();
    server.open(loop, TlsStream::accept(context).value(), std::move(network));
  }
  void open_client(OwnedFd network, const std::string& ca_file) {
    const TlsContext context = TlsContext::for_client(ca_file).value();
    client.open(loop, TlsStream::connect(context, "127.0.0.1").value(), std::move(network));
  }
  void open() {
    open_server(std::move(network.near));
    open_client(std::move(network.far), authority.file());
  }
  /// Until so much has come out at that plain side.
  std::string receive(Station& station, std::size_t size) {
    std::string text;
    EXPECT_TRUE(serve_until(loop, [&] {
      text += station.plain.read();
      loop.wake();
      return text.size() >= size;
    }));
    return text;
  }
  /// Writes until the whole way is full; returns how much that took.
  std::size_t fill(const Station& station) {
    const std::string block(64 * 1024, 'x');
    std::size_t total = 0;
    for (int idle = 0; idle < 20; ++idle) {
      if (const std::size_t size = station.plain.write_some(block)) {
        total += size;
        idle = 0;
      }
      serve_ready(loop);
      if (total > 64 * kMuch) break;
    }
    return total;
  }
  bool has_ended(Station& station) {
    return serve_until(loop, [&] {
      loop.wake();
      return station.plain.is_at_end();
    });
  }
  bool are_ended() {
    return serve_until(loop, [&] { return client.ended > 0 && server.ended > 0; });
  }
  bool server_ends() {
    return serve_until(loop, [&] { return server.ended > 0; });
  }

  ScratchFolder folder;
  TestAuthority authority{folder};
  IssuedCertificate issued = authority.issue("one");
  EventLoop loop;
  SocketPair network;
  Station client, server;
};

TEST_F(TlsRelays, CarryBytesBothWays) {
  open();
  client.plain.write("question");
  server.plain.write("answer");
  EXPECT_EQ(receive(server, 8), "question");
  EXPECT_EQ(receive(client, 6), "answer");
  EXPECT_EQ(client.ended + server.ended, 0);
}

TEST_F(TlsRelays, CarryMuchBothWaysAtOnce) {
  open();
  std::string there(kMuch, 'a'), back(kMuch, 'b');
  for (std::size_t i = 0; i < kMuch; i += 1000) there[i] = back[i] = static_cast<char>('c' + i % 17);
  std::string got_there, got_back;
  std::size_t sent_there = 0, sent_back = 0;
  ASSERT_TRUE(serve_until(loop, [&] {
    sent_there += client.plain.write_some(std::string_view(there).substr(sent_there));
    sent_back += server.plain.write_some(std::string_view(back).substr(sent_back));
    got_there += server.plain.read();
    got_back += client.plain.read();
    loop.wake();
    return got_there.size() >= kMuch && got_back.size() >= kMuch;
  }));
  EXPECT_TRUE(got_there == there && got_back == back);
}

TEST_F(TlsRelays, HoldBackWhoSendsMoreThanIsRead) {
  open();
  for (Station* from : {&client, &server}) {
    Station& to = from == &client ? server : client;
    const std::size_t sent = fill(*from);
    EXPECT_GT(sent, 64u * 1024);
    EXPECT_LT(sent, 8u << 20) << "what waits is bounded";
    EXPECT_EQ(receive(to, sent).size(), sent);
  }
}

TEST_F(TlsRelays, OneDirectionIsFullAndTheOtherGoesOn) {
  open();
  (void)fill(client);
  server.plain.write("still here");
  EXPECT_EQ(receive(client, 10), "still here");
}

TEST_F(TlsRelays, PassOnTheEndOfEachDirection) {
  open();
  client.plain.write("question");
  ::shutdown(client.plain.far.get(), SHUT_WR);
  EXPECT_EQ(receive(server, 8), "question");
  ASSERT_TRUE(has_ended(server));
  EXPECT_FALSE(client.plain.is_at_end());
  EXPECT_TRUE(client.relay->is_sent());
  server.plain.write("answer");
  EXPECT_EQ(receive(client, 6), "answer");
  server.plain.far.reset();
  ASSERT_TRUE(has_ended(client));
  ASSERT_TRUE(are_ended());
  EXPECT_EQ(client.error + server.error, "");
  EXPECT_EQ(client.ended + server.ended, 2);
}

TEST_F(TlsRelays, DeliverWhatWasSentBeforeTheEnd) {
  open();
  const std::string text(100'000, 't');
  const std::size_t sent = server.plain.write_some(text);
  server.plain.far.reset();
  EXPECT_EQ(receive(client, sent).size(), sent);
  ASSERT_TRUE(has_ended(client));
  client.plain.far.reset();
  ASSERT_TRUE(are_ended());
  EXPECT_EQ(client.error + server.error, "");
}

TEST_F(TlsRelays, DeliverWhatWasSentBeforeTheHandshake) {
  server.plain.write("refused\n");
  server.plain.far.reset();
  open();
  EXPECT_EQ(receive(client, 8), "refused\n");
  EXPECT_TRUE(has_ended(client));
}

TEST_F(TlsRelays, SendWhatIsLeftWhenTheyAreDestroyed) {
  open();
  client.plain.write("first");
  EXPECT_EQ(receive(server, 5), "first");
  client.plain.write("last");
  client.relay.reset();
  EXPECT_EQ(receive(server, 4), "last");
  EXPECT_TRUE(has_ended(server));
  server.plain.far.reset();
  ASSERT_TRUE(server_ends());
  EXPECT_EQ(server.error, "");
  EXPECT_EQ(client.ended, 0) << "who destroys it knows";
}

TEST_F(TlsRelays, MayBeDestroyedByTheCallback) {
  open_server(std::move(network.near));
  bool is_called = false;
  SocketPair plain;
  std::unique_ptr<TlsRelay> relay;
  const TlsContext context = TlsContext::for_client(authority.file()).value();
  relay = std::make_unique<TlsRelay>(loop, TlsStream::connect(context, "127.0.0.2").value(),
                                     std::move(network.far), std::move(plain.near), [&](const Error* error) {
                                       is_called = error != nullptr;
                                       EXPECT_FALSE(plain.is_at_end()) << "told before it is closed";
                                       relay.reset();
                                     });
  ASSERT_TRUE(serve_until(loop, [&] { return is_called && server.ended > 0; }));
  EXPECT_TRUE(plain.is_at_end());
}

TEST_F(TlsRelays, TellWhyTheHandshakeFailed) {
  const TestAuthority other(folder, "other");
  open_server(std::move(network.near));
  open_client(std::move(network.far), other.file());
  ASSERT_TRUE(are_ended());
  EXPECT_THAT(client.error, HasSubstr("not from an authority"));
  EXPECT_THAT(server.error, HasSubstr("does not trust the certificate"));
  EXPECT_TRUE(client.plain.is_at_end() && server.plain.is_at_end());
}

TEST_F(TlsRelays, EndWithRubbish) {
  open_server(std::move(network.near));
  network.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"daemon.info\"}\n");
  ASSERT_TRUE(server_ends());
  EXPECT_THAT(server.error, HasSubstr("does not speak TLS"));
  EXPECT_TRUE(server.plain.is_at_end());
}

TEST_F(TlsRelays, EndWithAPeerThatGoesInTheHandshake) {
  open_server(std::move(network.near));
  network.write(std::string("\x16\x03\x01\x02\x00\x01", 6));
  serve_ready(loop);
  EXPECT_EQ(server.ended, 0);
  network.far.reset();
  ASSERT_TRUE(server_ends());
  EXPECT_THAT(server.error, HasSubstr("before the TLS handshake was done"));
}

TEST_F(TlsRelays, EndWithAPeerThatDoesNotDoTheHandshake) {
  server.patience = std::chrono::milliseconds(50);
  open_server(std::move(network.near));
  server.plain.far.reset();
  ASSERT_TRUE(server_ends());
  EXPECT_THAT(server.error, HasSubstr("not done in time"));
}

TEST_F(TlsRelays, EndWithAPeerThatReadsNothing) {
  server.patience = std::chrono::milliseconds(50);
  open();
  EXPECT_GT(fill(server), 0u);
  server.plain.far.reset();
  ASSERT_TRUE(server_ends());
  EXPECT_THAT(server.error, HasSubstr("does not read"));
}

TEST_F(TlsRelays, AreNotSeenByLineSockets) {
  open();
  std::string got;
  int closed = 0;
  const std::string line(1'000'000, 'l');
  LineSocket near(loop, std::move(client.plain.far), 1 << 24,
                  {.on_line = [&](std::string text) { got = std::move(text); },
                   .on_closed = [&](const Error*) { ++closed; }});
  std::unique_ptr<LineSocket> far;
  LineSocket::Callbacks callbacks{.on_line = [&](std::string text) {
    far->send(text + "\n");
    far->close_when_sent();
  }};
  far = std::make_unique<LineSocket>(loop, std::move(server.plain.far), 1 << 24, std::move(callbacks));
  near.send(line + "\n");
  ASSERT_TRUE(serve_until(loop, [&] { return closed > 0; }));
  EXPECT_EQ(got, line);
  ASSERT_TRUE(are_ended());
  EXPECT_EQ(client.error + server.error, "");
}

}  // namespace
}  // namespace vnode::test
