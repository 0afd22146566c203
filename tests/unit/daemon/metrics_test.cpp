// Metrics over a real connection.
#include "daemon/metrics.h"

#include <sys/socket.h>

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class MetricsTest : public DaemonFixture {
 protected:
  void SetUp() override {
    settings.metrics = "127.0.0.1:0";
    settings.queues = {{"default", 2}, {"odd \"name\"\\", 1}};
    settings.resources = {{"license", 3000}};
    start();
  }
  std::string ask(const std::string& request) {
    RawConnection raw = RawConnection::to_tcp(daemon->metrics_address());
    raw.send(request);
    return raw.read_all();
  }
  std::string metrics() { return ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"); }
};

TEST_F(MetricsTest, CountRuns) {
  const auto caller = connect();
  caller->wait(caller->submit(quick_workflow()));
  caller->wait(caller->submit(quick_workflow()));
  caller->wait(caller->submit(document(WorkflowBuilder().node("f", "test_fail", {{"message", "x"}}))));
  const std::string id = caller->submit(gate_workflow("a"), {{"resources", Dict{{"license", 2}}}});
  ASSERT_TRUE(gates.wait_for("a"));
  caller->submit(quick_workflow(), {{"resources", Dict{{"license", 2}}}});
  const std::string text = metrics();
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  for (const char* line :
       {"Content-Type: text/plain; version=0.0.4", "# TYPE vnode_runs_ended_total counter\n",
        "\nvnode_runs_ended_total{status=\"completed\"} 2\n",
        "\nvnode_runs_ended_total{status=\"failed\"} 1\n", "\nvnode_runs{status=\"running\"} 1\n",
        "\nvnode_runs{status=\"pending\"} 1\n", "\nvnode_run_duration_seconds_count 3\n",
        "\nvnode_run_duration_seconds_sum ", "\nvnode_queue_running{queue=\"default\"} 1\n",
        "\nvnode_queue_pending{queue=\"default\"} 1\n",
        "\nvnode_queue_concurrency{queue=\"odd \\\"name\\\"\\\\\"} 1\n",
        "\nvnode_resource_used{resource=\"license\"} 2\n", "\nvnode_resource_total{resource=\"license\"} 3\n",
        "\nvnode_clients 1\n", "\nvnode_store_ok 1\n", "\nprocess_resident_memory_bytes "}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  gates.open("a");
  caller->wait(id);
}

TEST_F(MetricsTest, HaveTheLengthThatIsSaid) {
  const std::string text = metrics();
  const std::size_t head = text.find("\r\n\r\n") + 4;
  const std::size_t length = std::stoul(text.substr(text.find("Content-Length: ") + 16));
  EXPECT_EQ(text.size() - head, length);
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(MetricsTest, AreAllThatThereIs) {
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(ask("GET /metricsx HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(ask("GET /metrics?x=1 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(ask("POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(ask("\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(ask(R"({"jsonrpc":"2.0","id":1,"method":"daemon.shutdown"})"
                  "\n\n")
                  .starts_with("HTTP/1.1 405"));
}

TEST_F(MetricsTest, DoNotKeepConnectionsThatSayTooMuch) {
  EXPECT_THAT(ask("GET /" + std::string(20'000, 'x') + "\r\n\r\n"), Not(HasSubstr("200 OK")));
  std::string headers = "GET /metrics HTTP/1.1\r\n";
  for (int i = 0; i < 200; ++i) headers += "X: y\r\n";
  EXPECT_TRUE(ask(headers).starts_with("HTTP/1.1 200"));
}

TEST_F(MetricsTest, AreLimitedToSomeConnections) {
  std::vector<RawConnection> idle;
  for (int i = 0; i < 64; ++i) idle.push_back(RawConnection::to_tcp(daemon->metrics_address()));
  EXPECT_EQ(metrics(), "");
  idle.clear();
  std::string text;
  for (int i = 0; i < 10'000 && text.empty(); ++i) text = metrics();
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200")) << text;
}

TEST_F(MetricsTest, ComeToAPeerThatHasEndedItsSending) {
  RawConnection raw = RawConnection::to_tcp(daemon->metrics_address());
  raw.send("GET /metrics HTTP/1.1\r\n\r\n");
  ::shutdown(raw.fd(), SHUT_WR);
  EXPECT_TRUE(raw.read_all().starts_with("HTTP/1.1 200"));
}

}  // namespace
}  // namespace vnode::test
