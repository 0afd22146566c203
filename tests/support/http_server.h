#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace vnode::test {

/// A real HTTP server on 127.0.0.1 with replies as the test says. One thread; one connection after the other.
class HttpServer {
 public:
  /// Gets the whole request (head and body) and returns the whole reply. An empty reply: none comes, and the
  /// connection stays open until the server ends.
  using Handler = std::function<std::string(const std::string& request)>;

  explicit HttpServer(Handler handler);
  HttpServer(const HttpServer&) = delete;
  ~HttpServer();

  std::string url(const std::string& path) const;
  std::vector<std::string> requests() const;
  /// Waits until that many requests have arrived.
  void wait_for_requests(std::size_t count) const;

 private:
  void serve();
  void answer(int connection);

  Handler handler_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};  ///< a pipe; closing its write end stops the server
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable received_;
  std::vector<std::string> requests_;
  std::vector<int> held_;
  std::thread thread_;
};

/// A reply with a Content-Length; `headers` are lines with their line breaks.
std::string http_reply(const std::string& status, const std::string& body, const std::string& headers = "");

}  // namespace vnode::test
