#include "daemon/server_tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/test_authority.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

struct ServerTls : testing::Test {
  ScratchFolder folder;
  TestAuthority authority{folder};
  IssuedCertificate issued = authority.issue("one");
  DaemonSettings settings{.listen = "127.0.0.1:0",
                          .token = "a secret token",
                          .tls_certificate = issued.certificate,
                          .tls_key = issued.key};

  std::string outcome() const {
    const Result<std::optional<TlsContext>> tls = load_server_tls(settings);
    if (!tls) return describe(tls.error());
    return *tls ? "TLS" : "plain";
  }
};

TEST_F(ServerTls, IsForEveryAddressThatHasACertificate) {
  for (const char* listen : {"127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "10.1.2.3:7000"}) {
    settings.listen = listen;
    EXPECT_EQ(outcome(), "TLS") << listen;
  }
  settings.listen = "";
  EXPECT_EQ(outcome(), "plain") << "nobody listens";
}

TEST_F(ServerTls, IsNeededBeyondThisMachine) {
  settings.tls_certificate = settings.tls_key = "";
  EXPECT_EQ(outcome(), "plain");
  settings.listen = "0.0.0.0:7000";
  EXPECT_EQ(outcome(),
            "listening beyond this machine needs TLS, --tls-certificate and --tls-key: 0.0.0.0:7000");
}

TEST_F(ServerTls, NeedsBothFiles) {
  settings.tls_key = "";
  EXPECT_THAT(outcome(), HasSubstr("--tls-certificate and --tls-key"));
  settings.tls_key = std::exchange(settings.tls_certificate, "");
  EXPECT_THAT(outcome(), HasSubstr("--tls-certificate and --tls-key"));
}

TEST_F(ServerTls, NeedsAKeyThatNobodyElseCanRead) {
  ASSERT_EQ(::chmod(issued.key.c_str(), 0640), 0);
  EXPECT_THAT(outcome(), HasSubstr("chmod 600 " + issued.key));
}

TEST_F(ServerTls, NeedsFilesThatGoTogether) {
  settings.tls_key = authority.issue("two").key;
  EXPECT_THAT(outcome(), HasSubstr("is not the key of the certificate"));
  settings.tls_certificate = folder.file("none");
  EXPECT_THAT(outcome(), HasSubstr(folder.file("none") + ": cannot be read"));
}

TEST_F(ServerTls, NeedsATokenAsWell) {
  settings.token = "";
  EXPECT_THAT(outcome(), HasSubstr("token"));
}

}  // namespace
}  // namespace vnode::test
