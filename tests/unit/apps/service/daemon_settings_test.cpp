#include "apps/vnode/service/daemon_settings.h"

#include <sys/stat.h>

#include "unit/apps/user_places.h"

namespace vnode {
namespace {

struct DaemonSettingsTest : test::UserPlaces {
  Result<DaemonSettings> load(const std::string& text) {
    SettingFlags flags;
    flags.config_file = folder.write("vnode.yaml", text);
    const Result<Settings> settings = Settings::load(flags);
    return settings ? make_daemon_settings(*settings) : settings.error();
  }

  std::string token_file(const std::string& content, mode_t mode) {
    const std::string path = folder.write("token", content);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
};

TEST_F(DaemonSettingsTest, PlacesFollowTheEnvironment) {
  EXPECT_EQ(load("")->state_directory, folder.path() + "/.local/state/vnode");
  EXPECT_EQ(load("")->socket, folder.path() + "/.local/state/vnode/vnode.sock");
  state.set("/state");
  EXPECT_EQ(load("")->state_directory, "/state/vnode");
  runtime.set("/run/user/1");
  EXPECT_EQ(load("")->socket, "/run/user/1/vnode/vnode.sock");
  runtime.set("relative");
  EXPECT_EQ(load("")->socket, "/state/vnode/vnode.sock");
  EXPECT_EQ(load("state_dir: s")->state_directory, folder.file("s")) << "relative to the file";
  EXPECT_EQ(load("state_dir: s")->socket, folder.file("s/vnode.sock"));
  EXPECT_EQ(load("socket: ~/x.sock")->socket, folder.file("x.sock"));
  socket.set("/other.sock");
  EXPECT_EQ(load("socket: x")->socket, "/other.sock");
  home.set(nullptr);
  state.set(nullptr);
  EXPECT_EQ(load("").error().code, ErrorCode::kUsage);
}

TEST_F(DaemonSettingsTest, HaveDefaults) {
  const DaemonSettings settings = load("").value();
  EXPECT_EQ(settings.retention.age, Duration(std::chrono::hours(24 * 30)));
  EXPECT_EQ(settings.retention.runs, 10'000);
  EXPECT_EQ(settings.retention.event_bytes, std::int64_t{2} << 30);
  EXPECT_EQ(settings.hook_timeout, std::chrono::seconds(30));
  EXPECT_EQ(settings.retry_delay.first, std::chrono::seconds(1));
  EXPECT_EQ(settings.retry_delay.most, std::chrono::minutes(5));
  EXPECT_EQ(settings.shutdown_grace, std::chrono::seconds(5));
  EXPECT_EQ(settings.max_event_bytes, 1u << 30);
  EXPECT_EQ(settings.max_pending, 100'000u);
  EXPECT_EQ(settings.max_clients, 4'096u);
  EXPECT_EQ(settings.logged_errors, LoggedErrors::kFail);
  EXPECT_EQ(settings.max_result_bytes, std::size_t{8} << 20);
  EXPECT_EQ(settings.max_submission_bytes, std::size_t{256} << 20);
  EXPECT_TRUE(settings.listen.empty());
  EXPECT_FALSE(settings.version.empty());
}

TEST_F(DaemonSettingsTest, TakesWhatIsConfigured) {
  const DaemonSettings settings = load(R"({queues: {render: 2}, resources: {gpu: 1}, keep_age: unlimited,
      keep_runs: unlimited, keep_event_bytes: unlimited, max_event_bytes: 5M, hook_timeout: 5s, shutdown_grace: 0s, max_pending: 7,
      logged_errors: report,
      max_result_bytes: 1M, retry_delay: 10s, max_retry_delay: 1h,
      hooks: [{command: [a, b]}, {url: "http://x"}]})")
                                      .value();
  EXPECT_EQ(settings.queues.at("render"), 2u);
  EXPECT_EQ(settings.resources.at("gpu"), 1000);
  EXPECT_GT(settings.resources.at("mem"), 0) << "the machine's";
  EXPECT_FALSE(settings.retention.age || settings.retention.runs || settings.retention.event_bytes);
  ASSERT_EQ(settings.hooks.size(), 2u);
  EXPECT_EQ(settings.hooks[0].command, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(settings.hooks[1].url, "http://x");
  EXPECT_EQ(settings.hook_timeout, std::chrono::seconds(5));
  EXPECT_EQ(settings.retry_delay.first, std::chrono::seconds(10));
  EXPECT_EQ(settings.retry_delay.most, std::chrono::hours(1));
  EXPECT_EQ(settings.shutdown_grace, Duration::zero());
  EXPECT_EQ(settings.max_event_bytes, 5u << 20);
  EXPECT_EQ(settings.max_pending, 7u);
  EXPECT_EQ(settings.logged_errors, LoggedErrors::kReport);
  EXPECT_EQ(settings.max_result_bytes, std::size_t{1} << 20);
}

TEST_F(DaemonSettingsTest, TcpNeedsATokenThatNobodyElseCanRead) {
  const std::string listen = "{listen: 'localhost:0', token_file: token}";
  EXPECT_EQ(load("{listen: 'localhost:0'}").error().code, ErrorCode::kUsage);
  EXPECT_EQ(load(listen).error().code, ErrorCode::kUsage) << "not there";
  token_file("0123456789abcdef\n", 0600);
  EXPECT_EQ(load(listen)->token, "0123456789abcdef");
  token_file("0123456789abcdef\n", 0640);
  EXPECT_NE(load(listen).error().message.find("chmod 600"), std::string::npos);
  for (const char* bad : {"", " \n", "short"}) {
    token_file(bad, 0600);
    EXPECT_FALSE(load(listen)) << bad;
  }
  EXPECT_FALSE(load("{listen: 'localhost:0', token_file: .}")) << "a folder";
  EXPECT_TRUE(load("{token_file: absent}")) << "not needed";
}

TEST_F(DaemonSettingsTest, TlsNeedsBothFiles) {
  const DaemonSettings settings = load("{tls_certificate: c.pem, tls_key: c.key}").value();
  EXPECT_EQ(settings.tls_certificate, folder.file("c.pem"));
  EXPECT_EQ(settings.tls_key, folder.file("c.key"));
  for (const char* half : {"tls_certificate: c.pem", "tls_key: c.key"}) {
    const Result<DaemonSettings> refused = load(half);
    ASSERT_FALSE(refused) << half;
    EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
    EXPECT_NE(refused.error().message.find("--tls-certificate and --tls-key"), std::string::npos);
  }
}

}  // namespace
}  // namespace vnode
