#pragma once

#include <curl/curl.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "async/curl_library.h"
#include "async/http_client.h"
#include "base/clock.h"

namespace vnode {

/// One request on its way through its redirections: a curl handle, prepared for one hop after the other.
///
/// The rules are those of Python's urllib. 301, 302, 303 are followed for GET, HEAD and POST, which becomes a
/// GET without a body; 307 and 308 for GET and HEAD; any other answer of that kind is the reply. At most ten
/// hops. Credentials (Authorization, Cookie) are not sent on to another host, which urllib would do. The
/// timeout is one of inactivity, not of the whole transfer. Thread rule: one thread, that of the multi
/// handle.
class HttpTransfer {
 public:
  HttpTransfer(const CurlLibrary& curl, HttpRequest request);
  HttpTransfer(const HttpTransfer&) = delete;
  ~HttpTransfer();

  CURL* handle() const { return handle_; }

  /// Makes the handle ready for the request. Returns why it cannot be sent; empty when it can.
  std::string prepare();

  /// After a hop: true when the reply is a redirection to follow; the handle is then ready for the next hop.
  bool prepare_redirect();

  /// After the last hop.
  HttpReply take_reply(CURLcode result);

  /// When to give up unless something arrives before.
  SteadyTime deadline() const { return last_activity_ + request_.timeout; }

 private:
  template <class T>
  void set(CURLoption option, T value) {
    curl_.easy_setopt(handle_, option, value);
  }
  std::string check() const;
  void set_callbacks();
  void set_connection();
  void set_method();
  void set_headers();
  void add_header(std::string_view name, std::string_view value);
  bool has_header(std::string_view name) const;
  void drop_headers(std::initializer_list<std::string_view> names);
  void note_activity() { last_activity_ = std::chrono::steady_clock::now(); }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent);

  const CurlLibrary& curl_;
  HttpRequest request_;
  CURL* handle_;
  curl_slist* headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = {};
  std::string body_;
  curl_off_t moved_ = 0;  ///< bytes sent and received in this hop
  int hops_ = 0;
  SteadyTime last_activity_;
};

}  // namespace vnode
