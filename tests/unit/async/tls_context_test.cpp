#include "async/tls_context.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/test_authority.h"

namespace vnode::test {
namespace {

class TlsContexts : public testing::Test {
 protected:
  Result<TlsContext> server(const std::string& certificate, const std::string& key) {
    return TlsContext::for_server(folder.file(certificate), folder.file(key), folder.read(key));
  }
  static std::string said(const Result<TlsContext>& made) { return made ? "made" : describe(made.error()); }

  ScratchFolder folder;
};

TEST_F(TlsContexts, AreMadeOfACertificateAndItsKey) {
  const TestAuthority authority(folder);
  authority.issue("one");
  const Result<TlsContext> made = server("one.pem", "one.key");
  ASSERT_TRUE(made.ok()) << said(made);
  EXPECT_TRUE(made->is_server());
  const Result<TlsContext> client = TlsContext::for_client(authority.file());
  ASSERT_TRUE(client.ok()) << said(client);
  EXPECT_FALSE(client->is_server());
  EXPECT_TRUE(TlsContext::for_client("").ok()) << "what the system trusts";
}

TEST_F(TlsContexts, NameTheFileThatIsWrong) {
  const TestAuthority authority(folder);
  authority.issue("one");
  authority.issue("two");
  folder.write("empty", "");
  folder.write("text", "-----BEGIN CERTIFICATE-----\nthis is no base64\n-----END CERTIFICATE-----\n");
  EXPECT_EQ(said(server("none", "one.key")),
            folder.file("none") + ": cannot be read: No such file or directory");
  EXPECT_EQ(said(server("", "one.key")), folder.file("") + ": there is no certificate in it (in PEM form)");
  EXPECT_EQ(said(server("empty", "one.key")),
            folder.file("empty") + ": there is no certificate in it (in PEM form)");
  EXPECT_EQ(said(server("one.key", "one.key")).find(folder.file("one.key") + ": there is no certificate"),
            0u);
  EXPECT_EQ(said(server("text", "one.key")).find(folder.file("text") + ": cannot be used as certificate"),
            0u);
  EXPECT_EQ(said(server("one.pem", "empty")),
            folder.file("empty") + ": there is no private key in it (in PEM form)");
  EXPECT_EQ(said(server("one.pem", "one.pem")).find(folder.file("one.pem") + ": there is no private key"),
            0u);
  EXPECT_EQ(said(server("one.pem", "two.key")),
            folder.file("two.key") + ": is not the key of the certificate in " + folder.file("one.pem"));
  EXPECT_EQ(said(server("one.pem", authority.make_rsa_key("rsa"))),
            folder.file("rsa.key") + ": is not the key of the certificate in " + folder.file("one.pem"));
  EXPECT_EQ(said(TlsContext::for_client(folder.file("none"))).find(folder.file("none") + ": cannot be read"),
            0u);
  EXPECT_EQ(said(TlsContext::for_client(folder.file("empty"))).find(folder.file("empty") + ": "), 0u);
}

TEST_F(TlsContexts, DoNotAskForAPassphrase) {
  const TestAuthority authority(folder);
  authority.issue("one");
  const std::string command = "cd " + folder.path() +
                              " && openssl ec -aes128 -passout pass:word -in one.key "
                              "-out locked.key 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(said(server("one.pem", "locked.key")),
            folder.file("locked.key") + ": the key has a passphrase, and nobody is there to give it");
}

}  // namespace
}  // namespace vnode::test
