#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

/// A workflow as people write it, and what of it they cannot (people.md, Y3).
struct YamlText {
  std::string text;
  /// What went below `editor:` beside ids, positions and saved values: a line each, for people.
  std::vector<std::string> kept_for_editor = {};
};

/// Writes a workflow so that reading it again, with the same node types, gives an equal document: lists in
/// their order, unknown keys and all. That is looked at, node by node: what would come out differently goes
/// below `editor:` as JSON. Errors: kInternal when even that does not help.
Result<YamlText> write_yaml_workflow(const Workflow& workflow, const Registry& registry);

}  // namespace vnode
