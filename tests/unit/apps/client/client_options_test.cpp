#include "apps/vnode/client/client_options.h"

#include <sys/stat.h>

#include "unit/apps/user_places.h"

namespace vnode {
namespace {

struct DaemonAddresses : test::UserPlaces {
  DaemonAddresses() {
    folder.write("token", "0123456789abcdef\n");
    EXPECT_EQ(::chmod(folder.file("token").c_str(), 0600), 0);
  }

  /// With the options in `flags` and what is in `file`.
  Result<DaemonAddress> find(const std::map<std::string_view, std::string>& flags,
                             const std::string& file = "") {
    SettingFlags all;
    all.config_file = folder.write("vnode.yaml", file);
    for (const auto& [key, value] : flags) all.values[key] = Value(value);
    return daemon_address(all);
  }
  std::string place(const std::map<std::string_view, std::string>& flags, const std::string& file = "") {
    const Result<DaemonAddress> address = find(flags, file);
    if (!address) return address.error().code == ErrorCode::kUsage ? "usage" : "another error";
    return address->tcp.empty() ? address->socket : address->tcp;
  }

  const std::string token_path = folder.file("token");
};

TEST_F(DaemonAddresses, AreSocketsUnlessSomethingElseIsSaid) {
  EXPECT_EQ(place({}), folder.path() + "/.local/state/vnode/vnode.sock");
  EXPECT_EQ(place({{"socket", "/s"}}), "/s");
  home.set(nullptr);
  EXPECT_EQ(place({}), "usage");
}

TEST_F(DaemonAddresses, HaveATokenOverTcp) {
  const DaemonAddress address =
      find({{"connect", "farm:7000"}, {"token_file", token_path}, {"tls_ca", "/ca.pem"}}).value();
  EXPECT_EQ(address.tcp, "farm:7000");
  EXPECT_EQ(address.token, "0123456789abcdef");
  EXPECT_EQ(address.tls_ca, "/ca.pem");
  EXPECT_EQ(place({{"connect", "farm:7000"}}), "usage");
  ASSERT_EQ(::chmod(token_path.c_str(), 0644), 0);
  EXPECT_EQ(place({{"connect", "farm:7000"}, {"token_file", token_path}}), "usage");
}

TEST_F(DaemonAddresses, ComeFromTheLastLayerThatNamesOne) {
  const std::string file = "{connect: 'farm:1', token_file: token, tls_ca: ca.pem}";
  EXPECT_EQ(place({}, file), "farm:1");
  EXPECT_EQ(find({}, file)->tls_ca, folder.file("ca.pem"));
  EXPECT_EQ(place({}, "{socket: /s, connect: 'farm:1', token_file: token}"), "farm:1");
  EXPECT_EQ(place({{"socket", "/s"}}, file), "/s");
  EXPECT_EQ(place({{"state_dir", "/d"}}, file), "/d/vnode.sock");
  socket.set("/environment");
  EXPECT_EQ(place({}, file), "/environment");
  connect.set("farm:2");
  token.set(token_path.c_str());
  EXPECT_EQ(place({}), "farm:2");
  EXPECT_EQ(place({{"connect", "farm:3"}}), "farm:3");
  EXPECT_EQ(place({{"socket", "/s"}}), "/s");
}

TEST_F(DaemonAddresses, MustMeanOneDaemon) {
  for (const char* other : {"socket", "state_dir"}) {
    EXPECT_EQ(place({{"connect", "farm:1"}, {"token_file", token_path}, {other, "/x"}}), "usage");
  }
  EXPECT_EQ(place({{"token_file", token_path}}), "usage") << "nothing that it would be for";
  EXPECT_EQ(place({{"tls_ca", "/ca.pem"}}), "usage");
}

}  // namespace
}  // namespace vnode
