#pragma once

#include <string>
#include <utility>
#include <vector>

namespace vnode {

/// The files of a folder that may be definitions.
struct DefinitionFiles {
  std::vector<std::string> relative_paths;                     ///< in byte order
  std::vector<std::pair<std::string, std::string>> obstacles;  ///< path, and why it could not be looked into
};

/// Every `*.json` below `folder`. Links to folders are followed, each folder is entered once: links that lead
/// in a circle end, and a folder inside the tree keeps its own path.
DefinitionFiles find_definition_files(const std::string& folder);

}  // namespace vnode
