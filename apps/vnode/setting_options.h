#pragma once

#include <span>
#include <string_view>

#include "apps/vnode/settings.h"

namespace CLI {
class App;
}

namespace vnode {

/// Declares the options for these keys of the setting table, and --config. `flags` must live as long as
/// `app`.
void declare_setting_options(CLI::App& app, SettingFlags& flags, std::span<const std::string_view> keys);

/// All of the table, and those that matter for knowing node types and making their instances.
inline constexpr std::string_view kAllSettings[] = {"nodes", "prefer_native", "python",         "memory",
                                                    "grace", "jobs",          "max_value_bytes"};
inline constexpr std::string_view kNodeTypeSettings[] = {"nodes", "prefer_native", "python"};

}  // namespace vnode
