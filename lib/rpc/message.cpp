#include "rpc/message.h"

#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// An id comes back in every reply, so that a long one would make replies too long.
constexpr std::size_t kMaxIdSize = 1024;

RpcError invalid_request(std::string message) {
  return {RpcErrorCode::kInvalidRequest, "invalid_request", std::move(message)};
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == line.npos; }

bool is_id(const Value& id) {
  if (id.is_text() || id.is_big_int()) return id.as_text().size() <= kMaxIdSize;
  return id.is_none() || id.is_int() || (id.is_float() && std::isfinite(id.as_float()));
}

bool is_version(const Value* version) { return version && version->is_text() && version->as_text() == "2.0"; }

/// One element of a line: a call, or why it is none.
RpcRequest::Item read_item(const Value& value) {
  RpcRequest::Item item;
  const auto refuse = [&item](std::string why) {
    item.error = invalid_request(std::move(why));
    return item;
  };
  if (!value.is_dict()) return refuse("a request has to be an object");
  const Dict members = value.as_dict();
  const Value* id = members.find("id");
  if (id && !is_id(*id)) {
    return refuse("\"id\" has to be a text or a number, of at most " + std::to_string(kMaxIdSize) +
                  " characters, or null");
  }
  if (id) item.error_id = *id;
  if (!is_version(members.find("jsonrpc"))) return refuse("\"jsonrpc\" has to be \"2.0\"");
  const Value* method = members.find("method");
  if (!method || !method->is_text()) return refuse("\"method\" has to be a text");
  const Value* params = members.find("params");
  if (params && !params->is_dict()) return refuse("\"params\" has to be an object: params go by name");
  item.call = RpcCall{.id = id ? std::optional(*id) : std::nullopt,
                      .method = std::string(method->as_text()),
                      .params = params ? params->as_dict() : Dict()};
  return item;
}

RpcRequest refused(RpcError error) {
  RpcRequest request;
  request.items.push_back({.call = {}, .error = std::move(error), .error_id = {}});
  return request;
}

/// `{"jsonrpc":"2.0","id":ID,` and the rest, which begins with the name of a member.
std::string reply(const Value& id, std::string_view rest_name, std::size_t room) {
  std::string line;
  line.reserve(room);
  line += R"({"jsonrpc":"2.0","id":)";
  append_json(line, id);
  line += ",\"";
  line += rest_name;
  line += "\":";
  return line;
}

void append_method(std::string& line, std::string_view method, const Value& params) {
  line += "\"method\":";
  append_json_text(line, method);
  line += ",\"params\":";
  append_json(line, params);
  line += '}';
}

Result<RpcError> read_error(const Value& value) {
  const Error bad{ErrorCode::kBadDocument, "the reply's \"error\" is none of JSON-RPC 2.0"};
  if (!value.is_dict()) return bad;
  const Dict members = value.as_dict();
  const Value* code = members.find("code");
  const Value* message = members.find("message");
  using Limits = std::numeric_limits<int>;
  if (!code || !code->is_int() || code->as_int() < Limits::min() || code->as_int() > Limits::max())
    return bad;
  if (!message || !message->is_text()) return bad;
  RpcError error{.code = static_cast<RpcErrorCode>(code->as_int()),
                 .message = std::string(message->as_text())};
  if (const Value* data = members.find("data"); data && data->is_dict()) {
    error.data = data->as_dict();
    const Value* word = error.data.find("code");
    if (word && word->is_text()) {
      error.word = word->as_text();
      error.data.erase("code");
    }
  }
  return error;
}

}  // namespace

RpcRequest read_rpc_request(std::string_view line) {
  if (is_blank(line)) return {};
  if (const std::size_t at = find_invalid_utf8(line); at != line.npos) {
    return refused(
        {RpcErrorCode::kParse, "bad_utf8", "the line is no UTF-8: see its byte " + std::to_string(at + 1)});
  }
  const Result<Value> document = parse_json(line);
  if (!document) {
    const Error& error = document.error();
    if (error.code == ErrorCode::kBadDocument) return refused(invalid_request(error.message));
    return refused({RpcErrorCode::kParse, "bad_json", error.message});
  }
  RpcRequest request;
  if (!document->is_list()) {
    request.items.push_back(read_item(*document));
    return request;
  }
  const std::span<const Value> batch = document->as_list();
  if (batch.empty()) return refused(invalid_request("a batch may not be empty"));
  if (batch.size() > kMaxRpcBatch) {
    return refused(invalid_request("a batch may have at most " + std::to_string(kMaxRpcBatch) +
                                   " calls, this one has " + std::to_string(batch.size())));
  }
  request.is_batch = true;
  request.items.reserve(batch.size());
  for (const Value& item : batch) request.items.push_back(read_item(item));
  return request;
}

std::string rpc_result(const Value& id, const Value& result) {
  std::string line = reply(id, "result", 128);
  append_json(line, result);
  line += '}';
  return line;
}

std::string rpc_result_json(const Value& id, std::string_view result_json) {
  std::string line = reply(id, "result", result_json.size() + 64);
  line += result_json;
  line += '}';
  return line;
}

std::string rpc_error(const Value& id, const RpcError& error) {
  Dict data;
  data.set("code", error.word);
  for (const Dict::Entry& entry : error.data) data.set(entry.key, entry.value);
  std::string line = reply(id, "error", 256);
  append_json(line,
              Dict({{"code", static_cast<int>(error.code)}, {"message", error.message}, {"data", data}}));
  line += '}';
  return line;
}

std::string rpc_notification(std::string_view method, const Value& params) {
  std::string line = R"({"jsonrpc":"2.0",)";
  append_method(line, method, params);
  return line;
}

std::string rpc_call(const Value& id, std::string_view method, const Value& params) {
  std::string line = R"({"jsonrpc":"2.0","id":)";
  append_json(line, id);
  line += ',';
  append_method(line, method, params);
  return line;
}

Result<RpcIncoming> read_rpc_incoming(std::string_view line) {
  if (const std::size_t at = find_invalid_utf8(line); at != line.npos)
    return Error{ErrorCode::kBadJson, "the line is no UTF-8: see its byte " + std::to_string(at + 1)};
  const Result<Value> document = parse_json(line);
  if (!document) return document.error();
  const Error bad{ErrorCode::kBadDocument, "the line is no message of JSON-RPC 2.0"};
  if (!document->is_dict()) return bad;
  const Dict members = document->as_dict();
  if (!is_version(members.find("jsonrpc"))) return bad;

  RpcIncoming incoming;
  if (const Value* method = members.find("method")) {
    if (!method->is_text() || members.find("id")) return bad;
    incoming.method = method->as_text();
    if (const Value* params = members.find("params")) incoming.params = *params;
    return incoming;
  }
  const Value* id = members.find("id");
  const Value* result = members.find("result");
  const Value* error = members.find("error");
  if (!id || !is_id(*id) || (result != nullptr) == (error != nullptr)) return bad;
  incoming.id = *id;
  if (result) {
    incoming.result = *result;
    return incoming;
  }
  Result<RpcError> read = read_error(*error);
  if (!read) return read.error();
  incoming.error = std::move(*read);
  return incoming;
}

}  // namespace vnode
