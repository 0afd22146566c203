// Any bytes from a client: reading them ends with calls and errors, never worse. Every reply that the server
// would send is one line of JSON, which a client reads as what was meant. Any bytes from a server: a client
// reads a message or says why not.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "model/json_reader.h"
#include "model/value_ops.h"
#include "rpc/message.h"
#include "rpc/method_spec.h"

namespace {

using vnode::ParamKind;
using vnode::ParamSpec;

/// Params of every kind. Whatever the method is called, the params are checked against these.
constexpr std::array kParams = {
    ParamSpec{.name = "id", .kind = ParamKind::kText, .summary = "s"},
    ParamSpec{.name = "limit", .kind = ParamKind::kCount, .summary = "s"},
    ParamSpec{.name = "priority", .kind = ParamKind::kInteger, .summary = "s"},
    ParamSpec{.name = "follow", .kind = ParamKind::kSwitch, .summary = "s"},
    ParamSpec{.name = "timeout", .kind = ParamKind::kDuration, .summary = "s"},
    ParamSpec{.name = "ids", .kind = ParamKind::kTexts, .summary = "s"},
    ParamSpec{.name = "environment", .kind = ParamKind::kTextMap, .summary = "s"},
    ParamSpec{.name = "resources", .kind = ParamKind::kAmountMap, .summary = "s"},
    ParamSpec{.name = "workflow", .kind = ParamKind::kObject, .summary = "s"},
    ParamSpec{.name = "params", .kind = ParamKind::kList, .summary = "s"},
};
constexpr std::array kMethods = {vnode::MethodSpec{.name = "run.submit", .summary = "s", .params = kParams}};

void require(bool condition) {
  if (!condition) std::abort();
}

vnode::RpcIncoming read_back(const std::string& line) {
  require(line.find('\n') == line.npos);
  require(vnode::find_invalid_utf8(line) == line.npos);
  const vnode::Result<vnode::RpcIncoming> incoming = vnode::read_rpc_incoming(line);
  require(incoming.ok());
  return incoming.value();
}

void check_error(const vnode::Value& id, const vnode::RpcError& error) {
  require(!error.word.empty() && !error.message.empty());
  require(error.message.size() < 1000);
  const vnode::RpcIncoming incoming = read_back(vnode::rpc_error(id, error));
  require(incoming.error && incoming.error->word == error.word && incoming.error->code == error.code);
  require(incoming.id && vnode::same(*incoming.id, id));
}

/// Texts may have had escaped characters that JSON has no place for; they come back as what they were read
/// as.
void check_replies(const vnode::RpcCall& call) {
  const vnode::Value id = call.id.value_or(vnode::Value());
  if (const auto error = vnode::check_call(kMethods[0], call)) check_error(id, *error);
  check_error(id, vnode::unknown_method(call.method, kMethods));
  const vnode::RpcIncoming incoming = read_back(vnode::rpc_result(id, vnode::Value(call.params)));
  require(incoming.id && vnode::same(*incoming.id, id));
  require(incoming.result && incoming.result->is_dict());
  const vnode::RpcRequest again = vnode::read_rpc_request(vnode::rpc_call(id, call.method, call.params));
  require(again.items.size() == 1 && again.items[0].call.has_value());
  require(again.items[0].call->method == call.method);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const vnode::RpcRequest request = vnode::read_rpc_request(line);
  require(request.items.size() <= vnode::kMaxRpcBatch);
  require(request.is_batch || request.items.size() <= 1);
  for (const vnode::RpcRequest::Item& item : request.items) {
    require(item.call.has_value() != item.error.has_value());
    if (item.call) check_replies(*item.call);
    if (item.error) check_error(item.error_id, *item.error);
  }
  const vnode::Result<vnode::RpcIncoming> incoming = vnode::read_rpc_incoming(line);
  require(incoming.ok() || !incoming.error().message.empty());
  return 0;
}
