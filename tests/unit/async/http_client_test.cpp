#include "async/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>

#include "support/http_server.h"

namespace vnode {
namespace {

using test::http_reply;
using test::HttpServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

HttpReply fetch(HttpClient& client, HttpRequest request) {
  auto reply = std::make_shared<std::promise<HttpReply>>();
  auto abandon = client.start(std::move(request), [reply](HttpReply r) { reply->set_value(std::move(r)); });
  return reply->get_future().get();
}

HttpReply fetch(HttpRequest request) {
  HttpClient client;
  return fetch(client, std::move(request));
}

TEST(HttpClient, GetsABodyWithTheHeadersOfAPlainClient) {
  HttpServer server([](const std::string&) { return http_reply("200 OK", "hello"); });
  HttpReply reply =
      fetch({.url = server.url("/a/../b?x=1#part"), .headers = {{"X-One", "1"}, {"X-None", ""}}});
  EXPECT_EQ(reply.error, "");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello");
  std::string request = server.requests().at(0);
  EXPECT_THAT(request, StartsWith("GET /a/../b?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_THAT(request, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(request, HasSubstr("X-One: 1\r\n"));
  EXPECT_THAT(request, HasSubstr("X-None:\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("Accept: ")));
}

TEST(HttpClient, SendsBodyAndMethod) {
  HttpServer server([](const std::string&) { return http_reply("201 Created", ""); });
  HttpReply reply =
      fetch({.url = server.url("/"), .method = "PUT", .body = std::string("a\0b", 3), .has_body = true});
  EXPECT_EQ(reply.status, 201);
  EXPECT_THAT(server.requests().at(0), StartsWith("PUT / HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests().at(0), testing::EndsWith(std::string("\r\n\r\na\0b", 7)));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("Content-Type")));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("Expect")));
  fetch({.url = server.url("/"), .method = "POST"});
  EXPECT_THAT(server.requests().at(1), HasSubstr("Content-Length: 0\r\n"));
  fetch({.url = server.url("/"), .method = "GET", .body = "data", .has_body = true});
  EXPECT_THAT(server.requests().at(2), StartsWith("GET / HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests().at(2), testing::EndsWith("\r\n\r\ndata"));
}

TEST(HttpClient, HeadHasNoBody) {
  HttpServer server([](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"; });
  HttpReply reply = fetch({.url = server.url("/"), .method = "HEAD"});
  EXPECT_EQ(reply.error, "");
  EXPECT_EQ(reply.body, "");
}

TEST(HttpClient, ARedirectedPostBecomesAGet) {
  HttpServer server([](const std::string& request) {
    if (request.starts_with("POST")) return http_reply("302 Found", "moved", "Location: /next\r\n");
    return http_reply("200 OK", "there");
  });
  HttpReply reply = fetch({.url = server.url("/"),
                           .method = "POST",
                           .headers = {{"Content-Type", "text/plain"}, {"X-Keep", "1"}},
                           .body = "x",
                           .has_body = true});
  EXPECT_EQ(reply.body, "there");
  std::string second = server.requests().at(1);
  EXPECT_THAT(second, StartsWith("GET /next HTTP/1.1\r\n"));
  EXPECT_THAT(second, HasSubstr("X-Keep: 1"));
  EXPECT_THAT(second, Not(HasSubstr("Content-")));
}

TEST(HttpClient, FollowsOnlyWhatIsSafe) {
  std::string location = "/again";
  std::string status = "307 Temporary Redirect";
  HttpServer server(
      [&](const std::string&) { return http_reply(status, "body", "Location: " + location + "\r\n"); });
  HttpReply posted = fetch({.url = server.url("/"), .method = "POST"});
  EXPECT_EQ(posted.status, 307);
  EXPECT_EQ(posted.body, "body");
  EXPECT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(fetch({.url = server.url("/")}).status, 307) << "an endless circle ends with the reply as it is";
  EXPECT_EQ(server.requests().size(), 12u);
  location = "file:///etc/hostname";
  HttpReply file = fetch({.url = server.url("/")});
  EXPECT_EQ(file.status, 307);
  EXPECT_EQ(file.body, "body");
}

TEST(HttpClient, KeepsCredentialsFromOtherHosts) {
  HttpServer other([](const std::string&) { return http_reply("200 OK", "other"); });
  HttpServer server([&](const std::string&) {
    return http_reply("302 Found", "", "Location: " + other.url("/") + "\r\n");
  });
  HttpReply reply =
      fetch({.url = server.url("/"), .headers = {{"Authorization", "secret"}, {"cookie", "secret"}}});
  EXPECT_EQ(reply.body, "other");
  EXPECT_THAT(server.requests().at(0), HasSubstr("secret"));
  EXPECT_THAT(other.requests().at(0), Not(HasSubstr("secret")));
}

TEST(HttpClient, SaysWhyThereIsNoReply) {
  EXPECT_THAT(fetch({.url = "file:///etc/hostname"}).error, HasSubstr("not an http"));
  EXPECT_THAT(fetch({.url = "http:///x"}).error, HasSubstr("host"));
  EXPECT_THAT(fetch({.url = "http://127.0.0.1:1/"}).error, Not(""));
  EXPECT_THAT(fetch({.url = "http://127.0.0.1/a b"}).error, HasSubstr("spaces"));
  EXPECT_THAT(fetch({.url = "http://127.0.0.1/", .method = "GET / HTTP/1.1\r\nX: y"}).error,
              HasSubstr("method"));
  EXPECT_THAT(fetch({.url = "http://127.0.0.1/", .headers = {{"X", "a\r\nY: b"}}}).error,
              HasSubstr("line break"));
  EXPECT_THAT(fetch({.url = "http://127.0.0.1/", .headers = {{"X Y", "a"}}}).error, HasSubstr("header name"));
}

TEST(HttpClient, AReplyThatBreaksOffIsNone) {
  HttpServer server([](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"; });
  EXPECT_NE(fetch({.url = server.url("/")}).error, "");
}

TEST(HttpClient, TimesOutWhenNothingArrives) {
  HttpServer server([](const std::string&) { return ""; });
  EXPECT_EQ(fetch({.url = server.url("/"), .timeout = std::chrono::milliseconds(50)}).error, "timed out");
}

TEST(HttpClient, TransfersRunAtTheSameTime) {
  HttpServer silent([](const std::string&) { return ""; });
  HttpServer server([](const std::string&) { return http_reply("200 OK", "quick"); });
  HttpClient client;
  auto abandon = client.start({.url = silent.url("/")}, [](HttpReply) { FAIL(); });
  silent.wait_for_requests(1);
  EXPECT_EQ(fetch(client, {.url = server.url("/")}).body, "quick");
  abandon();
}

TEST(HttpClient, NothingIsCalledAfterAbandoning) {
  HttpServer server([](const std::string&) { return http_reply("200 OK", "x"); });
  HttpClient client;
  for (int i = 0; i < 50; ++i) {
    auto is_over = std::make_shared<std::atomic<bool>>(false);
    std::size_t before = server.requests().size();
    auto abandon = client.start({.url = server.url("/")}, [is_over](HttpReply) { EXPECT_FALSE(*is_over); });
    if (i % 2) server.wait_for_requests(before + 1);
    abandon();
    *is_over = true;
    abandon();
  }
}

TEST(HttpClient, MayBeAbandonedByItsOwnReply) {
  HttpServer server([](const std::string&) { return http_reply("200 OK", "x"); });
  HttpClient client;
  std::promise<std::function<void()>> abandon;
  std::promise<void> ended;
  auto future = abandon.get_future().share();
  abandon.set_value(client.start({.url = server.url("/")}, [&](HttpReply) {
    future.get()();
    ended.set_value();
  }));
  ended.get_future().get();
}

TEST(HttpClient, EndsPromptlyWithTransfersUnderWay) {
  HttpServer server([](const std::string&) { return ""; });
  std::function<void()> abandon;
  auto begin = std::chrono::steady_clock::now();
  {
    HttpClient client;
    abandon = client.start({.url = server.url("/")}, [](HttpReply) { FAIL(); });
    server.wait_for_requests(1);
  }
  abandon();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(HttpClient, HonoursTheProxyVariable) {
  HttpServer proxy([](const std::string&) { return http_reply("200 OK", "by proxy"); });
  for (const char* name : {"http_proxy", "HTTP_PROXY"}) {
    setenv(name, proxy.url("").c_str(), 1);
    EXPECT_EQ(fetch({.url = "http://example.invalid/x"}).body, "by proxy") << name;
    unsetenv(name);
  }
  EXPECT_THAT(proxy.requests().at(0), StartsWith("GET http://example.invalid/x HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace vnode
