#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/command_spec.h"
#include "apps/vnode/settings.h"
#include "engine/run.h"

namespace vnode {

enum class OutputFormat { kNdjson, kPretty, kQuiet };

/// What `vnode run` was asked to do.
struct RunSettings {
  std::string file;  ///< "-" for standard input
  std::optional<OutputFormat> format;
  std::vector<std::string> parameters;  ///< NODE.PORT=VALUE
  std::string params_file;
  SettingFlags flags;
  // What is in force, once the settings have been loaded.
  unsigned jobs = 0;  ///< 0: one worker thread a core
  std::size_t max_value_bytes = 0;
  std::string events;  ///< FILE or fd:N
  bool exit_on_broken_pipe = false;
  std::string output;  ///< NODE.PORT
  RunOptions options;
};

/// Declares --format; `what` begins its help. `format` must live as long as `command`.
void declare_format_option(CommandSpec& command, const std::string& what,
                           std::optional<OutputFormat>& format);

void declare_run_options(CommandSpec& command, RunSettings& settings);

}  // namespace vnode
