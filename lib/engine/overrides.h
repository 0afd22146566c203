#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/problem.h"
#include "model/workflow.h"
#include "registry/registry.h"

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

/// Sets the parameters, in order, the last one of a port wins. Every override that makes no sense gives one
/// problem and changes nothing: unknown_node, ambiguous_node, unknown_port, wired_port, not_settable (an
/// output, an exec port), bad_value. A node whose type is unknown takes any port: the workflow is refused for
/// that elsewhere.
Problems apply_overrides(Workflow& workflow, const Registry& registry,
                         const std::vector<Override>& overrides);

}  // namespace vnode
