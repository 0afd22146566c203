#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/override.h"
#include "model/problem.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

class Part;

/// Sets the parameters of nodes, in order, the last one of a port wins; what is said of the workflow's own
/// parameters is left to `parameter_values`. Every override that makes no sense gives one error and changes
/// nothing: unknown_node, ambiguous_node, unknown_port, wired_port, not_settable (an output, an exec port),
/// bad_value. A node whose type is unknown takes any port: the workflow is refused for that elsewhere.
/// `part`: what runs of it (null: all). The wires of a node that runs alone bring nothing, so that all of its
/// inputs can be set; one that does not run is a warning: idle_override.
Problems apply_overrides(Workflow& workflow, const Registry& registry, const std::vector<Override>& overrides,
                         const Part* part = nullptr);

/// Whether it is about a parameter of the workflow itself (rule 47): a name without a dot.
bool is_of_workflow(const Override& override);

/// The text of one that has a text: as it was typed, or that of the file that it names. Otherwise nullopt and
/// a problem bad_value.
std::optional<std::string> override_text(const Override& override, Problems& problems);

}  // namespace vnode
