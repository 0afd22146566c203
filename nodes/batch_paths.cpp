#include <string>

#include "model/value_ops.h"
#include "nodes/batch.h"
#include "nodes/path_text.h"

namespace vnode {
namespace {

Outputs path_parts(NodeCall& call) {
  PathParts parts = split_path(text_input(call, "path"));
  return {{"folder", parts.folder}, {"name", parts.name}, {"stem", parts.stem}, {"suffix", parts.suffix}};
}

Outputs path_join(NodeCall& call) {
  std::string folder = normalise_path(text_input(call, "folder"));
  std::string name = text_input(call, "name");
  return {{"path", name.empty() ? folder : normalise_path(join_path(folder, name))}};
}

}  // namespace

void add_path_nodes(NodeLibrary& library) {
  library.add({
      .definition =
          {.node_id = "path_parts",
           .name = "Path Parts",
           .category = "File",
           .description = "Takes a path apart: folder, name, stem (the name without its suffix) and suffix "
                          "(with its dot). Does not look at the file.",
           .inputs = {{"path", "string", "", "text"}},
           .outputs = {{"folder", "string"}, {"name", "string"}, {"stem", "string"}, {"suffix", "string"}}},
      .compute = path_parts,
  });
  library.add({
      .definition = {.node_id = "path_join",
                     .name = "Join Path",
                     .category = "File",
                     .description = "The path of a name in a folder; an absolute name replaces the folder.",
                     .inputs = {{"folder", "string", "", "text"}, {"name", "string", "", "text"}},
                     .outputs = {{"path", "string"}}},
      .compute = path_join,
  });
}

}  // namespace vnode
