#pragma once

#include "layout/node_shape.h"
#include "model/workflow.h"
#include "yaml/yaml_places.h"

namespace vnode {

/// Gives those nodes of a workflow that was written by hand their places on an editor's canvas which have
/// none (people.md, V1 and Y3), also inside of groups, and puts the notes about nodes beside them. `places`:
/// of the document.
void place_nodes(Workflow& workflow, const YamlPlaces& places, const LookOf& look_of);

}  // namespace vnode
