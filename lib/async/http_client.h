#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vnode {

struct HttpRequest {
  std::string url;
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool has_body = false;
  std::chrono::milliseconds timeout{30'000};
};

struct HttpReply {
  std::string error;  ///< why there is no reply; empty when there is one, whatever its status
  long status = 0;
  std::string body;
};

/// HTTP through libcurl, which is loaded, with the one thread that drives all transfers, by the first
/// request. Redirects are followed (a redirected POST becomes a GET), the proxy variables of the environment
/// are honoured; only http and https.
///
/// Thread rule: `start` and what it returns may be called from any thread. `done` is called on the client's
/// thread.
class HttpClient {
 public:
  HttpClient();
  HttpClient(const HttpClient&) = delete;
  ~HttpClient();  ///< abandons what is under way

  /// Begins a transfer. Returns how to abandon it; once that has returned `done` is not called any more.
  std::function<void()> start(HttpRequest request, std::function<void(HttpReply)> done);

 private:
  struct Driver;
  std::shared_ptr<Driver> driver_;
};

}  // namespace vnode
