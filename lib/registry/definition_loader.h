#pragma once

#include <string>
#include <vector>

#include "registry/registry.h"

namespace vnode {

/// Loads every `*.json` below `folder`, recursively, in byte order of the relative path; the later definition
/// of an id wins, natives included. Files that are not definitions become notes, never errors; a folder that
/// does not exist or cannot be read is a note as well. A definition is registered as a type that is
/// `unusable` until a Python runtime takes it over; one with empty `python_code` is broken.
void load_definitions(Registry& registry, const std::string& folder);

/// Where definitions are looked for, in order, later wins (cli.md): the bundled folder, `v_nodes_dir`,
/// `VNODE_PATH`, then the folders of --nodes. Variables are lists separated by ':', blanks trimmed, empty
/// entries dropped.
std::vector<std::string> definition_search_path(const std::string& bundled,
                                                const std::vector<std::string>& flags);

}  // namespace vnode
