#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/value.h"
#include "rpc/message.h"

namespace vnode {

/// What a param may be.
enum class ParamKind {
  kText,
  kCount,     ///< whole number from 0
  kInteger,   ///< whole number
  kSwitch,    ///< true or false
  kDuration,  ///< text such as "90s" or a number of seconds
  kTexts,     ///< list of texts
  kTextMap,   ///< {name: text}
  kCountMap,  ///< {name: whole number from 1}
  kObject,
  kList,
  kAny,
};

struct ParamSpec {
  std::string_view name;
  ParamKind kind = ParamKind::kText;
  bool is_required = false;
  std::string_view summary;
};

/// One method of the protocol (rule 9). The server checks calls against it, `vnode schema rpc` and
/// lib/rpc/protocol.md tell it.
struct MethodSpec {
  std::string_view name;
  std::string_view summary;
  std::span<const ParamSpec> params;
};

std::span<const MethodSpec> method_table();
/// Null when there is none of that name.
const MethodSpec* find_method(std::string_view name);

/// What is wrong with a call: unknown method (with the nearest one), unknown, missing or mistyped params.
/// nullopt when nothing is.
std::optional<RpcError> check_call(const RpcCall& call);

/// The JSON Schema of every message, both ways (`vnode schema rpc`).
std::string rpc_schema();

}  // namespace vnode
