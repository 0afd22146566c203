#include <strings.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/http_client.h"
#include "base/text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

constexpr std::int64_t kDefaultTimeout = 30;
constexpr std::int64_t kLongestTimeout = 365 * 24 * 3600;

std::string method_of(const Value& method) {
  if (!truthy(method)) return "GET";
  if (!method.is_text()) throw NodeFailure("method must be a text, not " + std::string(type_name(method)));
  std::string upper(method.as_text());
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

Dict headers_of(const Value& headers) {
  if (!truthy(headers)) return {};
  Result<Dict> dict = to_dict(headers);
  if (!dict) throw NodeFailure("headers: " + dict.error().message);
  for (const Dict::Entry& entry : *dict) {
    if (!entry.key.is_text()) throw NodeFailure("header names must be texts, not " + brief(entry.key));
  }
  return *dict;
}

std::int64_t timeout_of(const Value& timeout) {
  if (!truthy(timeout)) return kDefaultTimeout;
  std::int64_t seconds = require_int(timeout, "timeout");
  return seconds == 0 ? kDefaultTimeout : seconds;
}

/// The URL without white space around it. A text that has no scheme at all fails the node.
std::string url_of(const Value& value) {
  std::string text = to_text(value);
  std::string_view url = text;
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  url.remove_prefix(std::min(url.find_first_not_of(kSpace), url.size()));
  url = url.substr(0, url.find_last_not_of(kSpace) + 1);
  std::size_t colon = url.find_first_of("/:");
  if (colon == 0 || colon == std::string_view::npos || url[colon] == '/') {
    throw NodeFailure("unknown url type: " + to_repr(Value(url)));
  }
  return std::string(url);
}

/// Compact JSON in the form of Python's json.dumps: ", " and ": ", and ASCII only.
std::string to_python_json(const Value& value) {
  std::string compact;
  append_json(compact, value, NonFinite::kBare);
  std::string out;
  out.reserve(compact.size() + compact.size() / 8);
  auto append_escape = [&out](char32_t unit) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 0xF];
  };
  bool is_quoted = false;
  for (std::size_t at = 0; at < compact.size();) {
    char32_t c = next_code_point(compact, at);
    if (c >= 0x10000) {
      append_escape(0xD800 + ((c - 0x10000) >> 10));
      append_escape(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else if (c >= 0x7F) {
      append_escape(c);
    } else {
      out += static_cast<char>(c);
      if (c == '"') is_quoted = !is_quoted;
      if (!is_quoted && (c == ',' || c == ':')) out += ' ';
      if (is_quoted && c == '\\') out += compact[at++];
    }
  }
  return out;
}

Result<void> set_headers(HttpRequest& request, const Dict& headers) {
  for (const Dict::Entry& entry : headers) {
    if (!entry.value.is_text() && !entry.value.is_int() && !entry.value.is_bool()) {
      return Error{ErrorCode::kUsage, "header " + brief(entry.key) + " must be a text or an integer, not " +
                                          std::string(type_name(entry.value))};
    }
    // Of names that differ in case only, the last counts.
    std::string name(entry.key.as_text());
    std::erase_if(request.headers, [&name](const auto& header) {
      return header.first.size() == name.size() && strcasecmp(header.first.c_str(), name.c_str()) == 0;
    });
    request.headers.emplace_back(std::move(name), to_text(entry.value));
  }
  return {};
}

/// An error is the answer of the node, not its failure.
Result<HttpRequest> make_request(std::string url, std::string method, Dict headers, std::int64_t timeout,
                                 const Value& body) {
  if (timeout < 0) return Error{ErrorCode::kUsage, "the timeout is negative"};
  HttpRequest request{.url = std::move(url), .method = std::move(method)};
  request.timeout = std::chrono::seconds(std::min(timeout, kLongestTimeout));
  if (!body.is_none()) {
    request.has_body = true;
    request.body = body.is_list() || body.is_dict() ? to_python_json(body) : to_text(body);
    if (!headers.find("Content-Type")) headers.set("Content-Type", "application/json");
  }
  Result<void> set = set_headers(request, headers);
  if (!set) return set.error();
  return request;
}

Outputs table(Value data, long status, Value text, bool success) {
  return {{"response_data", std::move(data)},
          {"status_code", status},
          {"response_text", std::move(text)},
          {"success", success}};
}

Outputs problem_table(NodeContext& node, const std::string& message) {
  node.log_error("HTTP request: " + message);
  return table({}, 0, message, false);
}

Outputs reply_table(NodeContext& node, const HttpReply& reply) {
  if (!reply.error.empty()) return problem_table(node, reply.error);
  bool success = reply.status >= 200 && reply.status < 300;
  std::size_t invalid = find_invalid_utf8(reply.body);
  if (invalid != std::string_view::npos && success) {
    return problem_table(node, "the reply is not UTF-8 text (byte " + std::to_string(invalid) + ")");
  }
  Value text = invalid == std::string_view::npos ? reply.body : replace_invalid_utf8(reply.body);
  Result<Value> data = parse_json(text.as_text());
  return table(data ? *data : text, reply.status, text, success);
}

/// Waits for the reply. It is written by the client's thread, into memory that lives as long as either side.
Task<HttpReply> send_request(NodeContext& node, HttpRequest request) {
  HttpClient& client = node.http();
  auto reply = std::make_shared<HttpReply>();
  ExternalOperation operation = [&client, request = std::move(request), reply](std::function<void()> done) {
    return client.start(request, [reply, done = std::move(done)](HttpReply received) {
      *reply = std::move(received);
      done();
    });
  };
  co_await node.wait_for(std::move(operation));
  co_return std::move(*reply);
}

Task<Outputs> http_request(NodeContext& node) {
  std::string method = method_of(node.input("method"));
  Dict headers = headers_of(node.input("headers"));
  std::int64_t timeout = timeout_of(node.input("timeout"));
  if (!truthy(node.input("url"))) {
    node.log_error("HTTP request: no URL");
    Outputs outputs = table({}, 0, "", false);
    outputs.append("exec_out", true);
    co_return outputs;
  }
  std::string url = url_of(node.input("url"));
  Result<HttpRequest> request =
      make_request(std::move(url), std::move(method), std::move(headers), timeout, node.input("body"));
  HttpReply reply;
  if (request) {
    reply = co_await send_request(node, std::move(*request));
  } else {
    reply.error = request.error().message;
  }
  Outputs outputs = reply_table(node, reply);
  outputs.append("exec_out", true);
  co_return outputs;
}

}  // namespace

void add_http_nodes(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "http_request",
                     .name = "Http Request",
                     .category = "Network",
                     .description = "Sends an HTTP request and waits for the reply.",
                     .inputs = {{"url", "string", "", "text"},
                                {"method", "string", "GET", "text"},
                                {"headers", "any"},
                                {"body", "any"},
                                {"timeout", "int", kDefaultTimeout, "int"}},
                     .outputs = {{"response_data", "any"},
                                 {"status_code", "int"},
                                 {"response_text", "string"},
                                 {"success", "bool"}}},
      .touches_world = true,
      .execute = http_request,
  });
}

}  // namespace vnode
