#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/ci/ci_system.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/options/command_spec.h"
#include "apps/vnode/settings/secret_options.h"
#include "apps/vnode/settings/settings.h"
#include "apps/vnode/show/farm_printer.h"
#include "apps/vnode/show/result_text.h"
#include "engine/part.h"
#include "engine/run.h"
#include "journal/journal_resumption.h"

namespace vnode {

enum class OutputFormat { kNdjson, kPretty, kQuiet };

/// What `vnode run` was asked to do.
struct RunCommandOptions {
  std::string file;  ///< "-" for standard input
  WorkflowForm form = WorkflowForm::kBySuffix;
  std::optional<OutputFormat> format;
  std::optional<Farm> farm;             ///< whose task it is: standard output is for its agent
  std::vector<std::string> parameters;  ///< NODE.PORT=VALUE
  std::string params_file;
  SettingFlags flags;
  // What is in force, once the settings have been loaded.
  unsigned jobs = 0;  ///< 0: one worker thread a core
  std::size_t max_value_bytes = 0;
  Duration grace{};
  std::string events;                ///< FILE or fd:N
  std::vector<std::string> reports;  ///< files, whose suffixes say the formats
  bool exit_on_broken_pipe = false;
  std::vector<std::string> outputs;  ///< NODE.PORT, of the results to print
  std::optional<ResultFormat> output_format;
  std::vector<std::string> resources;  ///< NAME=AMOUNT
  std::string executor;                ///< of nodes that name none; empty: what is configured
  SecretOptions secrets;
  CiOptions ci;
  std::string journal;  ///< of the run; empty: none
  std::string resume;   ///< the journal of a run to go on from; empty: none
  std::string from;     ///< with `resume`: that node and all behind it have no records; empty: none
  FileCheck file_check = FileCheck::kTime;
  std::string cache;  ///< folder of executions that are not to be repeated; empty: none
  std::uint64_t max_cache_bytes = 0;
  std::string logs;  ///< folder for what commands write; empty: none
  PartRequest part;
  bool is_dry = false;   ///< only say what would run
  bool is_json = false;  ///< -o json, which only a dry run has
  RunOptions options;
};

/// The options that choose a part of a workflow (engine rule 48). `targets`, `only` and `skips` must live as
/// long as `command`.
void declare_part_options(CommandSpec& command, std::vector<std::string>& targets, std::string& only,
                          std::vector<std::string>& skips);

/// Declares -o and --format. `settings` must live as long as `command`.
void declare_format_option(CommandSpec& command, RunCommandOptions& settings);

void declare_run_options(CommandSpec& command, RunCommandOptions& settings);

}  // namespace vnode
