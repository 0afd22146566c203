#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rpc/message.h"

namespace vnode {

/// What a param may be.
enum class ParamKind {
  kText,
  kCount,      ///< whole number from 0
  kInteger,    ///< whole number
  kSwitch,     ///< true or false
  kDuration,   ///< text such as "90s" or a number of seconds
  kTexts,      ///< list of texts
  kTextMap,    ///< {name: text}
  kAmountMap,  ///< {name: number above 0, or a size such as "8G"}
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

/// How long a text is that a param is, or that is in a list of texts: names, ids, descriptions, paths. They
/// are kept in memory, looked for, and come back in errors.
inline constexpr std::size_t kLongestParamText = 4096;
/// How many texts a list has, and how many counts an object; and how long the names of those are.
inline constexpr std::size_t kMostParamItems = 1000;
inline constexpr std::size_t kLongestCountName = 256;

/// One method of the protocol (lib/daemon/rules.md, rule 9), declared by whoever handles it: calls are
/// checked against it, and `vnode schema rpc` is made of it. Plain data; what it refers to has to outlive it.
struct MethodSpec {
  std::string_view name;
  std::string_view summary;
  std::span<const ParamSpec> params = {};
  /// What a JSON Schema says of its result, which is an object ("required", "properties"), or a "$ref" to
  /// what several results hold: "#/$defs/run", "runs", "queue", "time" (rpc_schema.cpp). As JSON.
  std::string_view result = "{}";
};

/// The refusal of a call of no method of these, with the nearest one.
RpcError unknown_method(std::string_view name, std::span<const MethodSpec> known);

/// What is wrong with the params of a call of that method: unknown (with the nearest one), missing or
/// mistyped. nullopt when nothing is.
std::optional<RpcError> check_call(const MethodSpec& method, const RpcCall& call);

}  // namespace vnode
