#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>

#include "async/http_client.h"
#include "model/value_ops.h"
#include "nodes/native_nodes.h"
#include "support/http_server.h"

namespace vnode {
namespace {

using test::http_reply;
using test::HttpServer;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// One http_request with a real client: `wait_for` blocks until the reply is there.
class HttpNode final : public NodeContext {
 public:
  HttpNode() {
    NodeLibrary library;
    add_http_nodes(library);
    type_ = library.types().at(0);
    for (const Port& port : type_->definition.inputs) inputs_[port.name] = port.default_value;
  }
  HttpNode& set(const std::string& port, Value value) {
    inputs_[port] = std::move(value);
    return *this;
  }
  HttpNode& run() {
    returned.clear();
    levels.clear();
    failure.clear();
    Task<Outputs> task = type_->execute(*this);
    Trampoline trampoline;
    task.start_on(trampoline);
    trampoline.run();
    try {
      for (const Outputs::Entry& entry : task.take_result()) {
        returned.push_back(std::string(entry.port) + " = " + to_repr(entry.value));
      }
    } catch (const NodeFailure& error) {
      failure = error.what();
    }
    return *this;
  }

  std::vector<std::string> returned;
  std::vector<LogLevel> levels;
  std::string failure;
  bool is_wired = false;

  const Value& input(std::string_view port) const override { return inputs_.at(std::string(port)); }
  bool has_input(std::string_view port) const override { return inputs_.contains(std::string(port)); }
  bool is_output_wired(std::string_view) const override { return is_wired; }
  void log(LogLevel level, std::string) override { levels.push_back(level); }
  void print(std::string) override {}
  void report_progress(double, std::string) override {}
  bool is_stopped() const override { return false; }
  Dict& variables() override { return memory_; }
  std::uint64_t random_bits() override { return 0; }
  const Value& parameter(std::string_view port) const override { return input(port); }
  void set_parameter(std::string_view, Value) override {}
  bool is_saved(std::string_view) const override { return false; }
  bool is_input_wired(std::string_view) const override { return false; }
  std::vector<std::string_view> input_ports() const override { return {}; }
  void set_output_beside(std::string, Value, std::function<void()> done) override { done(); }
  Task<void> set_output(std::string_view, Value) override { return {}; }
  Task<void> pull_input(std::string_view) override { return {}; }
  Task<void> sleep(Duration) override { return {}; }
  Task<void> wait_for(ExternalOperation operation) override {
    auto ended = std::make_shared<std::promise<void>>();
    operation([ended] { ended->set_value(); });
    ended->get_future().get();
    return {};
  }
  Task<void> run_blocking(std::function<void()>) override { return {}; }
  Task<GroupOutcome> run_group(const Value&, const Dict&) override { co_return GroupOutcome(); }
  Task<MapOutcome> run_map(const MapRequest&) override { co_return MapOutcome(); }
  void handle_failure(const NodeFailure&) override {}
  bool is_output_wanted(std::string_view) const override { return false; }
  HttpClient& http() override { return client_; }

 protected:
  void enqueue(Trampoline&, std::coroutine_handle<>) override {}
  void throw_if_stopped() const override {}

 private:
  NodeTypePtr type_;
  std::map<std::string, Value> inputs_;
  HttpClient client_;
  Dict memory_;
};

TEST(HttpRequest, ReturnsParsedJsonAndText) {
  HttpServer server([](const std::string&) { return http_reply("200 OK", R"({"a": NaN})"); });
  HttpNode node;
  node.set("url", " " + server.url("/") + "\n").run();
  EXPECT_THAT(node.returned,
              ElementsAre("response_data = {'a': nan}", "status_code = 200", "response_text = '{\"a\": NaN}'",
                          "success = True", "exec_out = True"));
}

TEST(HttpRequest, AnErrorStatusIsAReply) {
  HttpServer server([](const std::string&) { return http_reply("404 Not Found", "no\xFF"); });
  HttpNode node;
  node.set("url", server.url("/")).run();
  EXPECT_THAT(node.returned,
              ElementsAre("response_data = 'no\xEF\xBF\xBD'", "status_code = 404",
                          "response_text = 'no\xEF\xBF\xBD'", "success = False", "exec_out = True"));
  EXPECT_TRUE(node.levels.empty());
}

TEST(HttpRequest, ProblemsAreLoggedAndReturned) {
  HttpServer server([](const std::string&) { return http_reply("200 OK", "\xFF"); });
  for (const std::string& url :
       {server.url("/"), std::string("http://127.0.0.1:1/"), std::string("file:///etc/hosts")}) {
    HttpNode node;
    node.set("url", url).run();
    EXPECT_EQ(node.returned.at(0), "response_data = None") << url;
    EXPECT_EQ(node.returned.at(1), "status_code = 0");
    EXPECT_EQ(node.returned.at(3), "success = False");
    EXPECT_THAT(node.levels, ElementsAre(LogLevel::kError));
  }
  HttpNode node;
  node.set("url", server.url("/")).set("timeout", -1).run();
  EXPECT_EQ(node.returned.at(3), "success = False");
  node.set("timeout", 5).set("headers", Dict{{"X", 1.5}}).run();
  EXPECT_EQ(node.returned.at(3), "success = False");
}

TEST(HttpRequest, WithoutUrlItContinues) {
  HttpNode node;
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("response_data = None", "status_code = 0", "response_text = ''",
                                         "success = False", "exec_out = True"));
}

TEST(HttpRequest, BadInputsFailTheNode) {
  EXPECT_EQ(HttpNode().set("url", "www.example.org/a:b").run().failure,
            "unknown url type: 'www.example.org/a:b'");
  EXPECT_NE(HttpNode().set("url", 5).run().failure, "");
  EXPECT_NE(HttpNode().set("url", "http://x").set("method", 5).run().failure, "");
  EXPECT_NE(HttpNode().set("url", "http://x").set("headers", "text").run().failure, "");
  EXPECT_NE(HttpNode().set("url", "http://x").set("timeout", "soon").run().failure, "");
}

TEST(HttpRequest, SendsPythonsJson) {
  HttpServer server([](const std::string&) { return http_reply("200 OK", ""); });
  HttpNode node;
  node.set("url", server.url("/"))
      .set("method", "post")
      .set("body", Dict{{"k:\"", Value::list({1, 2.0, "é😀,"})}})
      .run();
  std::string request = server.requests().at(0);
  EXPECT_THAT(request, testing::StartsWith("POST / "));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, EndsWith(R"({"k:\"": [1, 2.0, "\u00e9\ud83d\ude00,"]})"));

  node.set("body", "").set("headers", Dict{{"content-type", "a/b"}}).run();
  EXPECT_THAT(server.requests().at(1), HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(server.requests().at(1), Not(HasSubstr("a/b")));
  node.set("headers", Value::list({Value::list({"Content-Type", "a/b"}), Value::list({"X-N", 5})})).run();
  EXPECT_THAT(server.requests().at(2), HasSubstr("Content-Type: a/b\r\n"));
  EXPECT_THAT(server.requests().at(2), HasSubstr("X-N: 5\r\n"));
}

}  // namespace
}  // namespace vnode
