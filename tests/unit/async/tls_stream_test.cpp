#include "async/tls_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "support/test_authority.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

/// A client and a server that give each other what they put out, without any socket.
class TlsStreams : public testing::Test {
 protected:
  static TlsContext context_of(const IssuedCertificate& issued) {
    std::ifstream in(issued.key, std::ios::binary);
    const std::string key{std::istreambuf_iterator<char>(in), {}};
    return TlsContext::for_server(issued.certificate, issued.key, key).value();
  }
  void open(const IssuedCertificate& issued, const std::string& ca_file,
            const std::string& host = "127.0.0.1") {
    server = TlsStream::accept(context_of(issued)).value();
    client = TlsStream::connect(TlsContext::for_client(ca_file).value(), host).value();
    give(*client, "");
    exchange();
  }
  void give(TlsStream& stream, std::string_view bytes) {
    std::string& heard = &stream == &*client ? client_heard : server_heard;
    std::string& error = &stream == &*client ? client_error : server_error;
    if (!error.empty()) return;
    if (const Result<void> received = stream.receive(bytes, heard); !received)
      error = received.error().message;
  }
  /// Until nobody has anything to say.
  void exchange() {
    for (;;) {
      std::string to_server, to_client;
      client->take_output(to_server);
      server->take_output(to_client);
      if (to_server.empty() && to_client.empty()) return;
      // In two pieces: records do not come in one.
      const std::size_t half = to_server.size() / 2;
      give(*server, std::string_view(to_server).substr(0, half));
      give(*server, std::string_view(to_server).substr(half));
      if (!to_client.empty()) give(*client, to_client);
    }
  }

  ScratchFolder folder;
  TestAuthority authority{folder};
  std::optional<TlsStream> server, client;
  std::string server_heard, client_heard, server_error, client_error;
};

TEST_F(TlsStreams, CarryBytesBothWays) {
  open(authority.issue("one"), authority.file());
  ASSERT_TRUE(client->is_open() && server->is_open()) << client_error << server_error;
  const std::string much(300'000, 'm');
  client->send("question");
  client->send(much);
  server->send("answer");
  std::string sealed;
  client->take_output(sealed);
  EXPECT_EQ(sealed.find("question"), std::string::npos);
  give(*server, sealed);
  exchange();
  EXPECT_EQ(server_heard, "question" + much);
  EXPECT_EQ(client_heard, "answer");
}

TEST_F(TlsStreams, TellTheEndOfEachDirection) {
  open(authority.issue("one"), authority.file());
  client->send("last words");
  client->close();
  exchange();
  EXPECT_EQ(server_heard, "last words");
  EXPECT_TRUE(server->is_at_end());
  EXPECT_FALSE(client->is_at_end());
  server->send("an answer all the same");
  server->close();
  exchange();
  EXPECT_EQ(client_heard, "an answer all the same");
  EXPECT_TRUE(client->is_at_end());
  EXPECT_EQ(client_error + server_error, "");
}

TEST_F(TlsStreams, TrustTheRightHostOnly) {
  const IssuedCertificate issued = authority.issue("one", "IP:127.0.0.1,IP:::1,DNS:farm.example.org");
  for (const char* host : {"127.0.0.1", "::1", "farm.example.org", "FARM.example.org"}) {
    client_error = server_error = "";
    open(issued, authority.file(), host);
    EXPECT_TRUE(client->is_open()) << host << ": " << client_error;
  }
  for (const char* host : {"127.0.0.2", "::2", "example.org", "localhost"}) {
    client_error = server_error = "";
    open(issued, authority.file(), host);
    EXPECT_FALSE(client->is_open() || server->is_open());
    EXPECT_EQ(client_error, "the certificate is not for " + std::string(host));
    EXPECT_THAT(server_error, HasSubstr("certificate"));
  }
}

TEST_F(TlsStreams, DoNotTrustAnotherAuthority) {
  const TestAuthority other(folder, "other");
  open(authority.issue("one"), other.file());
  EXPECT_FALSE(client->is_open() || server->is_open());
  EXPECT_EQ(client_error, "the certificate is not from an authority that is trusted here");
  EXPECT_THAT(server_error, HasSubstr("does not trust the certificate"));
}

TEST_F(TlsStreams, TrustAChainThatIsComplete) {
  const TestAuthority middle(authority, "middle");
  IssuedCertificate issued = middle.issue("one");
  open(issued, authority.file());
  EXPECT_EQ(client_error, "the certificate is not from an authority that is trusted here");
  client_error = server_error = "";
  issued.certificate = folder.write("chain.pem", folder.read("one.pem") + folder.read("middle.pem"));
  open(issued, authority.file());
  EXPECT_TRUE(client->is_open()) << client_error;
}

TEST_F(TlsStreams, DoNotTrustAnExpiredCertificate) {
  open(authority.issue("one", "IP:127.0.0.1", -1), authority.file());
  EXPECT_EQ(client_error, "the certificate has expired");
  EXPECT_THAT(server_error, HasSubstr("expired"));
}

TEST_F(TlsStreams, TellWhatIsNoTls) {
  for (const char* rubbish :
       {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"auth\"}\n", "GET / HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\xff\xffrubbish that begins well", "\xff\xff\xff\xff\xff\xff\xff\xff"}) {
    server_error = "";
    server = TlsStream::accept(context_of(authority.issue("one"))).value();
    give(*server, rubbish);
    EXPECT_THAT(server_error, testing::AnyOf(HasSubstr("does not speak TLS"), HasSubstr("TLS failed")))
        << rubbish;
    EXPECT_FALSE(server->is_open());
  }
  client = TlsStream::connect(TlsContext::for_client(authority.file()).value(), "127.0.0.1").value();
  give(*client, "");
  give(*client, "{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}\n");
  EXPECT_EQ(client_error, "the other side does not speak TLS");
}

TEST_F(TlsStreams, NoticeWhatWasChangedOnItsWay) {
  open(authority.issue("one"), authority.file());
  client->send("something");
  std::string sealed;
  client->take_output(sealed);
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  give(*server, sealed);
  EXPECT_EQ(server_heard, "");
  EXPECT_THAT(server_error, HasSubstr("TLS failed"));
}

}  // namespace
}  // namespace vnode::test
