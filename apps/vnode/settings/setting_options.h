#pragma once

#include <span>
#include <string_view>

#include "apps/vnode/options/command_spec.h"
#include "apps/vnode/settings/settings.h"

namespace vnode {

/// Declares the options for these keys of the setting table, and --config. `flags` must live as long as
/// `command`.
void declare_setting_options(CommandSpec& command, SettingFlags& flags,
                             std::span<const std::string_view> keys);

/// Those of a run, those that matter for knowing node types and making their instances, those of judging
/// workflows, those that say where a daemon is, those of a daemon, and all that have an option.
inline constexpr std::string_view kRunSettings[] = {
    "nodes", "prefer_native", "python",   "memory",          "grace",
    "jobs",  "logged_errors", "path_map", "max_value_bytes", "cache"};
inline constexpr std::string_view kCacheSettings[] = {"cache"};
inline constexpr std::string_view kNodeTypeSettings[] = {"nodes", "prefer_native", "python"};
inline constexpr std::string_view kValidationSettings[] = {"nodes", "prefer_native", "python", "path_map"};
inline constexpr std::string_view kLoadSettings[] = {"python"};
inline constexpr std::string_view kPlaceSettings[] = {"socket", "state_dir", "connect", "token_file",
                                                      "tls_ca"};
inline constexpr std::string_view kServeSettings[] = {
    "nodes",         "prefer_native",   "python",          "memory",  "grace",     "jobs",
    "logged_errors", "path_map",        "max_value_bytes", "socket",  "state_dir", "listen",
    "token_file",    "tls_certificate", "tls_key",         "metrics", "cache"};
inline constexpr std::string_view kAllSettings[] = {
    "nodes",    "prefer_native",   "python", "memory",    "grace",  "jobs",       "logged_errors",
    "path_map", "max_value_bytes", "socket", "state_dir", "listen", "token_file", "tls_certificate",
    "tls_key",  "connect",         "tls_ca", "metrics",   "cache"};

}  // namespace vnode
