#pragma once

#include <string_view>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// Reads one YAML document as a value, with the scalars of YAML 1.2's core schema: plain null, true, 12,
/// 0x1f, 1.5, .inf, .nan are what they look like, all other plain and all quoted ones are texts. Tags other
/// than !!str are not looked at; nesting is limited. Errors: kBadDocument with line and column.
Result<Value> parse_yaml(std::string_view text);

}  // namespace vnode
