#pragma once

#include <string>
#include <vector>

#include "model/port.h"

namespace vnode {

/// A node type as data: what a definition file says, or what a native node declares.
struct NodeDefinition {
  std::string node_id;  ///< the id that workflow files use
  std::string name;     ///< display name
  std::string category = "General";
  std::string description;
  bool use_exec = true;       ///< asks for `exec_in` and `exec_out` where they are not declared
  std::vector<Port> inputs;   ///< order is pull order (engine rule 12)
  std::vector<Port> outputs;  ///< order is propagation order of returned values (rule 16)
  std::string python_code;    ///< empty for native nodes
  Value document = {};        ///< the whole file, for what only a runtime understands; None for native nodes

  const Port* find_input(std::string_view port) const;
  const Port* find_output(std::string_view port) const;
};

/// Puts the exec pins that `use_exec` asks for in front, and applies the default rule to every port.
void normalise(NodeDefinition& definition);

}  // namespace vnode
