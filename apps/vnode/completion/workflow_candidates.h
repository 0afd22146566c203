#pragma once

#include <string>
#include <string_view>

#include "apps/vnode/completion/candidates.h"
#include "apps/vnode/settings/settings.h"

namespace vnode {

/// The workflow file that a command line names, and what it says of how to read it.
struct WorkflowAtHand {
  std::string file;
  std::string form = {};  ///< of --input-format; empty: by the suffix
  SettingFlags flags = {};
};

/// "NODE": what people call the nodes of the file. `more_follows`: ports can stand behind them.
void add_nodes(Completion& completion, const WorkflowAtHand& workflow, std::string_view beginning);

/// "NODE[.PORT]" and "NODE.PORT": nodes, then the outputs of the one that is named.
void add_outputs(Completion& completion, const WorkflowAtHand& workflow, std::string_view beginning,
                 bool needs_port);

/// "[NODE.]NAME=VALUE": parameters of the workflow and nodes, then the inputs of the node that can be set,
/// then values where these are a few.
void add_settable(Completion& completion, const WorkflowAtHand& workflow, std::string_view beginning);

/// Ids of the node types that workflows can use.
void add_node_types(Completion& completion, const SettingFlags& flags, std::string_view beginning);

}  // namespace vnode
