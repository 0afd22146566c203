#pragma once

#include <span>
#include <string>

#include "rpc/method_spec.h"

namespace vnode {

/// The JSON Schema of every message of a protocol with these methods, both ways (`vnode schema rpc`).
std::string rpc_schema(std::span<const MethodSpec> methods);

}  // namespace vnode
