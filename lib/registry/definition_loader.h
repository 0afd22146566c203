#pragma once

#include <string>
#include <vector>

#include "registry/registry.h"

namespace vnode {

/// What becomes of definitions.
struct DefinitionUse {
  std::shared_ptr<NodeRuntime> runtime =
      nullptr;  ///< executes them; null: workflows that use them are refused
  std::shared_ptr<NodeRuntime> commands = nullptr;  ///< executes those with `command`
  bool prefer_native = false;                       ///< a native node of the same id stays
  std::string encoding = {};  ///< of files that are not UTF-8; empty: as read_text_file guesses
};

/// Loads every `*.json` below `folder`, recursively, in byte order of the relative path; the later definition
/// of an id wins, natives included unless they are preferred. Files that are not definitions become notes,
/// never errors; a folder that does not exist or cannot be read is a note as well. A definition with empty
/// `python_code` is broken, and so is a command with mistakes: the note has them all. Nothing is executed:
/// whether the code loads shows when an instance is made.
void load_definitions(Registry& registry, const std::string& folder, const DefinitionUse& use = {});

/// The same for one file.
void load_definition(Registry& registry, const std::string& path, const DefinitionUse& use = {});

/// Where definitions are looked for, in order, later wins (cli.md): the bundled folder, `v_nodes_dir`,
/// `VNODE_PATH`, then the folders of --nodes. Variables are lists separated by ':', blanks trimmed, empty
/// entries dropped.
std::vector<std::string> definition_search_path(const std::string& bundled,
                                                const std::vector<std::string>& flags);

}  // namespace vnode
