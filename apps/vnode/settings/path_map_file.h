#pragma once

#include <memory>
#include <string>

#include "apps/vnode/settings/settings.h"
#include "base/error.h"
#include "model/path_map.h"

namespace vnode {

/// The document of a file with path mapping rules (JSON), which has been looked through. Errors: those of
/// reading, kBadJson and kBadDocument, all with the file.
Result<Value> read_path_map_file(const std::string& path);

/// The rules that the settings name; null without. Errors: the same.
Result<std::shared_ptr<const PathMap>> load_path_map(const Settings& settings);

}  // namespace vnode
