#pragma once

#include <optional>
#include <string>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/submission_texts.h"
#include "apps/vnode/local/run_command_options.h"
#include "apps/vnode/options/command_spec.h"
#include "rpc/submission.h"

namespace vnode {

/// What `vnode submit` was asked to do.
struct SubmitOptions {
  ClientOptions client;
  std::string file;  ///< "-" for standard input
  WorkflowForm form = WorkflowForm::kBySuffix;
  Submission submission;  ///< what was said of it; `texts` still have to be read
  SubmissionTexts texts;
  bool has_no_journal = false;
  bool waits = false;
  bool follows = false;
  std::optional<OutputFormat> format;  ///< of what is followed
  bool starts_daemon = false;
};

/// `settings` must live as long as `command`.
void declare_submit_options(CommandSpec& command, SubmitOptions& settings);

}  // namespace vnode
