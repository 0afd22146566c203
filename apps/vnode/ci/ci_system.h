#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/vnode/options/command_spec.h"

namespace vnode {

/// A CI server that reads what a job prints.
enum class CiSystem { kNone, kGithub, kAzure, kGitlab };

/// The one whose job this is, by its variables: GITHUB_ACTIONS, TF_BUILD, GITLAB_CI.
CiSystem ci_of_environment();

/// --annotations: whose form errors and warnings have beside the one for people. Not given: that of the
/// environment.
struct CiOptions {
  std::optional<CiSystem> annotations;

  CiSystem system() const { return annotations ? *annotations : ci_of_environment(); }
  /// Whether somebody takes lines of the output for commands: also of a server whose annotations are not
  /// wanted.
  bool has_command_reader() const {
    return system() != CiSystem::kNone || ci_of_environment() != CiSystem::kNone;
  }
};

/// `options` must live as long as `command`.
void declare_annotations(CommandSpec& command, CiOptions& options);

/// The file as the server knows it: relative to the folder of the job's sources where it is in there.
std::string ci_path(CiSystem system, const std::string& file);

}  // namespace vnode
