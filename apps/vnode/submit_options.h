#pragma once

#include <optional>

#include "apps/vnode/client_options.h"
#include "apps/vnode/command_spec.h"
#include "apps/vnode/run_options.h"
#include "apps/vnode/submission_params.h"

namespace vnode {

/// What `vnode submit` was asked to do.
struct SubmitSettings {
  ClientSettings client;
  SubmissionOptions submission;
  bool waits = false;
  bool follows = false;
  std::optional<OutputFormat> format;  ///< of what is followed
  bool starts_daemon = false;
};

/// `settings` must live as long as `command`.
void declare_submit_options(CommandSpec& command, SubmitSettings& settings);

}  // namespace vnode
