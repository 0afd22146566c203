#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// The longest line that clients have to accept, newline not counted. (What the daemon accepts is a setting.)
inline constexpr std::size_t kMaxRpcLine = 16 * 1024 * 1024;
/// The most calls in one batch.
inline constexpr std::size_t kMaxRpcBatch = 1000;
inline constexpr int kRpcProtocol = 1;

/// JSON-RPC 2.0 error codes. Those of vnode itself all have -32000, and are told apart by `data.code`.
enum class RpcErrorCode : int {
  kParse = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternal = -32603,
  kServer = -32000,
};

struct RpcError {
  RpcErrorCode code = RpcErrorCode::kServer;
  std::string word;     ///< `data.code`: stable, for example "unknown_run"; listed in lib/rpc/protocol.md
  std::string message;  ///< for people
  Dict data = {};       ///< further members of `data`
};

/// One call of a client.
struct RpcCall {
  std::optional<Value> id;  ///< text, number or null; none: a notification, which is never answered
  std::string method;
  Dict params;  ///< by name; calls with an array of params are refused
};

/// What a line of a client holds: calls, and what has to be answered to the parts of it that are none.
struct RpcRequest {
  struct Item {
    std::optional<RpcCall> call;    ///< or, if none,
    std::optional<RpcError> error;  ///< why it is no call
    Value error_id;                 ///< whom to tell: the id where it could be read, else null
  };
  std::vector<Item> items;  ///< at least one
  bool is_batch = false;
};

/// Never fails: what is wrong becomes items with errors. Bad UTF-8, bad JSON, an empty batch, anything that
/// is no JSON-RPC 2.0 request object. Blank lines (they only) give no items.
RpcRequest read_rpc_request(std::string_view line);

/// One line each, newline not included.
std::string rpc_result(const Value& id, const Value& result);
/// The same with a result that is JSON text already.
std::string rpc_result_json(const Value& id, std::string_view result_json);
std::string rpc_error(const Value& id, const RpcError& error);
std::string rpc_notification(std::string_view method, const Value& params);
std::string rpc_call(const Value& id, std::string_view method, const Value& params);

/// What a line of a server holds, for clients.
struct RpcIncoming {
  std::optional<Value> id;        ///< of a reply
  std::optional<Value> result;    ///< of a successful one
  std::optional<RpcError> error;  ///< of the other ones
  std::string method;             ///< of a notification
  Value params;
};
/// kBadDocument, kBadJson for lines that are neither.
Result<RpcIncoming> read_rpc_incoming(std::string_view line);

}  // namespace vnode
