#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/vnode/completion/workflow_candidates.h"
#include "model/port.h"

namespace vnode {

/// What can be named of a workflow file.
struct WorkflowNames {
  struct Node {
    std::string word;  ///< what people write for it
    std::string type;
  };
  struct Parameter {
    std::string name;
    std::string help;
    std::vector<std::string> options;  ///< the values that it can have, where these are a few
    bool is_path = false;
  };
  std::vector<Node> nodes;
  std::vector<Parameter> parameters;
};

/// Empty when the file cannot be read: it may not be there yet, or be no workflow. Only what is a file is
/// opened: a pipe would lose what is in it.
WorkflowNames workflow_names(const WorkflowAtHand& workflow);

/// Ports of one node. Without the wires where the file cannot be read to its end: then the ports are those of
/// the type.
struct NodePorts {
  std::vector<Port> settable;  ///< inputs that no wire leads to
  std::vector<Port> outputs;   ///< with data
};
NodePorts ports_of(const WorkflowAtHand& workflow, const WorkflowNames::Node& node);

}  // namespace vnode
