#include "nodes/native_nodes.h"

namespace vnode {

void add_scripting_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "python_script",
                              .name = "Python Script",
                              .category = "Scripting",
                              .description = "Runs the Python text that the node holds.",
                              .inputs = {{"data"}, {"return_result", "bool", true, "bool"}},
                              .outputs = {{"result"}}},
               .unusable = "it needs the Python runtime, which this version of vnode does not have"});
}

}  // namespace vnode
