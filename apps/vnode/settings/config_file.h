#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// What one vnode.yaml sets: keys of the setting table, values as `read_setting` gives them.
using ConfigEntries = std::vector<std::pair<std::string_view, Value>>;

/// Reads the file (JSON is YAML as well). Relative paths in it count from its folder; `~/` is the home
/// folder. Unknown keys and wrong types are errors that name file and key: kBadDocument; kNotFound,
/// kUnreadable, kBadText for files that cannot be read.
Result<ConfigEntries> read_config_file(const std::string& path);

/// `$XDG_CONFIG_HOME/vnode/vnode.yaml`, else the one below `~/.config`; empty when there is no home.
std::string user_config_file();

}  // namespace vnode
