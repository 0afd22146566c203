#pragma once

#include <optional>
#include <string>
#include <variant>

#include "model/value.h"

namespace vnode {

/// One parameter that the caller of a run sets, in place of the saved one.
struct Override {
  /// NODE.PORT, or only NODE when `port` is given; see `resolve_address` for what may stand for a node.
  std::string target;
  std::optional<std::string> port = std::nullopt;

  /// A text as typed on a command line: ports of type string take it as it is, all others read it as JSON;
  /// `@FILE` stands for the contents of a file, `@@` for a leading `@`. Or a value, which is taken as it is.
  std::variant<std::string, Value> value;
};

}  // namespace vnode
