#include "async/http_transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <exception>

namespace vnode {
namespace {

constexpr int kMaxHops = 10;
constexpr std::chrono::milliseconds kLongestTimeout =
    std::chrono::hours(24 * 365);  // deadlines must not overflow

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// "https://host:1/path" -> "https://host:1"; empty for other schemes or without a host.
std::string_view origin_of(std::string_view url) {
  std::size_t host = url.find("://");
  if (host == std::string_view::npos) return {};
  std::string_view scheme = url.substr(0, host);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return {};
  std::size_t end = std::min(url.find_first_of("/?#", host + 3), url.size());
  return end == host + 3 ? std::string_view() : url.substr(0, end);
}

bool is_token(std::string_view text) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={}";
  auto is_part = [&](char c) { return c > ' ' && c < 0x7F && kSeparators.find(c) == std::string_view::npos; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_part);
}

/// Why a request cannot go to that URL; empty when it can.
std::string url_problem(std::string_view url) {
  if (origin_of(url).empty()) return "not an http or https URL with a host: " + std::string(url);
  auto is_control = [](unsigned char c) { return c <= ' ' || c == 0x7F; };
  bool is_clean = std::none_of(url.begin(), url.end(), is_control);
  return is_clean ? "" : "the URL contains spaces or control characters";
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

/// Sockets that child processes do not inherit: one of them would keep the connection open.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace

HttpTransfer::HttpTransfer(const CurlLibrary& curl, HttpRequest request)
    : curl_(curl), request_(std::move(request)), handle_(curl.easy_init()) {
  request_.timeout = std::min(request_.timeout, kLongestTimeout);
}

HttpTransfer::~HttpTransfer() {
  curl_.easy_cleanup(handle_);
  curl_.slist_free_all(headers_);
}

std::string HttpTransfer::check() const {
  if (!handle_) return "libcurl is out of memory";
  if (std::string problem = url_problem(request_.url); !problem.empty()) return problem;
  // Anything else would let a value write further lines of the request.
  if (!is_token(request_.method)) return "not a method: " + request_.method;
  for (const auto& [name, value] : request_.headers) {
    if (!is_token(name)) return "not a header name: " + name;
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return "the value of header " + name + " contains a line break";
    }
  }
  return {};
}

std::string HttpTransfer::prepare() {
  if (std::string problem = check(); !problem.empty()) return problem;
  curl_.easy_reset(handle_);
  body_.clear();
  moved_ = 0;
  set_callbacks();
  set_connection();
  set_method();
  set_headers();
  note_activity();
  return {};
}

void HttpTransfer::set_callbacks() {
  set(CURLOPT_ERRORBUFFER, error_);
  set(CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_XFERINFOFUNCTION, &HttpTransfer::on_progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
}

void HttpTransfer::set_connection() {
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(request_.timeout.count(), 1)));
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "http,https");
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  // Do not wait for a name server when the transfer is abandoned.
  set(CURLOPT_QUICK_EXIT, 1L);
#endif
  // libcurl reads the other proxy variables itself, but not this one, which Python honours except in a CGI
  // script, where the caller sets it by a header.
  const char* proxy = environment("HTTP_PROXY");
  bool is_plain = lower(request_.url[4]) == ':';
  if (is_plain && proxy && !std::getenv("http_proxy") && !std::getenv("REQUEST_METHOD"))
    set(CURLOPT_PROXY, proxy);
  if (const char* file = environment("SSL_CERT_FILE")) set(CURLOPT_CAINFO, file);
  if (const char* folder = environment("SSL_CERT_DIR")) set(CURLOPT_CAPATH, folder);
}

void HttpTransfer::set_method() {
  const std::string& method = request_.method;
  if (method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  bool expects_body = method == "POST" || method == "PUT" || method == "PATCH";
  if (request_.has_body || expects_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.data());
  }
  set(CURLOPT_CUSTOMREQUEST, method.c_str());
}

bool HttpTransfer::has_header(std::string_view name) const {
  return std::any_of(request_.headers.begin(), request_.headers.end(),
                     [name](const auto& header) { return equal_ignoring_case(header.first, name); });
}

void HttpTransfer::add_header(std::string_view name, std::string_view value) {
  // libcurl takes "Name:" for an order to leave the header out, and "Name;" for an empty one.
  std::string line(name);
  line += value.empty() ? ";" : ": ";
  line += value;
  if (curl_slist* longer = curl_.slist_append(headers_, line.c_str())) headers_ = longer;
}

void HttpTransfer::set_headers() {
  curl_.slist_free_all(headers_);
  headers_ = nullptr;
  for (const auto& [name, value] : request_.headers) {
    // Both follow from how the request is sent.
    if (equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Content-Length")) continue;
    add_header(name, value);
  }
  add_header("Connection", "close");
  if (!has_header("Accept-Encoding")) add_header("Accept-Encoding", "identity");
  if (!has_header("User-Agent")) add_header("User-Agent", "vnode");
  // Left out: what libcurl would add by itself.
  for (const char* name : {"Accept", "Content-Type", "Expect"}) {
    if (has_header(name)) continue;
    curl_slist* longer = curl_.slist_append(headers_, (std::string(name) + ":").c_str());
    if (longer) headers_ = longer;
  }
  set(CURLOPT_HTTPHEADER, headers_);
}

void HttpTransfer::drop_headers(std::initializer_list<std::string_view> names) {
  std::erase_if(request_.headers, [names](const auto& header) {
    return std::any_of(names.begin(), names.end(),
                       [&header](std::string_view name) { return equal_ignoring_case(header.first, name); });
  });
}

bool HttpTransfer::prepare_redirect() {
  long status = 0;
  char* location = nullptr;
  curl_.easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  curl_.easy_getinfo(handle_, CURLINFO_REDIRECT_URL, &location);
  bool is_moved = status == 301 || status == 302 || status == 303;
  bool is_safe = request_.method == "GET" || request_.method == "HEAD";
  bool is_followed =
      is_safe ? is_moved || status == 307 || status == 308 : is_moved && request_.method == "POST";
  if (!is_followed || !location || !url_problem(location).empty() || hops_ == kMaxHops) return false;

  bool is_same_host = equal_ignoring_case(origin_of(location), origin_of(request_.url));
  if (!is_same_host) drop_headers({"Authorization", "Cookie", "Host"});
  drop_headers({"Content-Type"});
  request_.url = location;
  if (!is_safe) request_.method = "GET";
  request_.has_body = false;
  request_.body.clear();
  hops_ += 1;
  return prepare().empty();
}

HttpReply HttpTransfer::take_reply(CURLcode result) {
  if (result == CURLE_OPERATION_TIMEDOUT) return {.error = "timed out"};
  if (result != CURLE_OK) return {.error = error_[0] ? error_ : curl_.easy_strerror(result)};
  HttpReply reply;
  curl_.easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.body = std::move(body_);
  return reply;
}

std::size_t HttpTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<HttpTransfer*>(self);
  transfer->note_activity();
  try {
    transfer->body_.append(data, size * count);
  } catch (const std::exception&) {
    return 0;  // out of memory: ends the transfer, and no exception may cross libcurl
  }
  return size * count;
}

std::size_t HttpTransfer::on_header(char*, std::size_t size, std::size_t count, void* self) {
  static_cast<HttpTransfer*>(self)->note_activity();
  return size * count;
}

int HttpTransfer::on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
  auto* transfer = static_cast<HttpTransfer*>(self);
  if (received + sent != transfer->moved_) {
    transfer->moved_ = received + sent;
    transfer->note_activity();
  }
  return 0;
}

}  // namespace vnode
