#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "model/value.h"

namespace vnode {

/// One node of a workflow file. Plain data; what the engine makes of it is in `engine/`.
struct NodeInstance {
  Uuid instance_id;
  std::string node_id;  ///< the definition's id; may contain spaces and capitals
  Dict parameters;      ///< by port name and by private key, in file order
  bool bypassed = false;
  bool has_bypassed = false;       ///< the file has the key; then it is written even with its default
  bool has_init_priority = false;  ///< the same
  std::int64_t init_priority = 0;  ///< > 0: runs in the init phase; negative counts as 0
  Value position = {};             ///< canvas coordinates as in the file
  Value state = Value::unset();    ///< as in the file; unset when absent
  Dict unknown = {};               ///< keys that we do not know, kept for writing back
};

struct Connection {
  Value id = Value::unset();  ///< text as in the file; unset when absent
  Uuid from_node;
  Uuid to_node;
  std::string from_port;
  std::string to_port;
  bool is_exec = false;
  Dict unknown = {};
};

/// A workflow file: nodes and wires in file order (the order of both lists has meaning), and the decoration,
/// kept as it was. Immutable once it is part of a run.
struct Workflow {
  std::vector<NodeInstance> nodes;
  std::vector<Connection> connections;
  Value sticky_notes = Value::unset();  ///< the list as in the file; unset when absent
  Value backdrops = Value::unset();
  Value metadata = Value::unset();
  Dict unknown = {};
};

/// The parameter in which instances have the name that people call them by.
inline constexpr std::string_view kNodeNameParameter = "__name__";
/// How people call an instance; empty when it has no name. As long as the instance.
std::string_view node_name(const NodeInstance& node);

/// How messages call a node: its name; of one that has none "type (uuid)".
std::string node_label(const NodeInstance& node);

}  // namespace vnode
