#pragma once

#include <optional>

#include "apps/vnode/client_options.h"
#include "apps/vnode/run_options.h"
#include "apps/vnode/submission_params.h"

namespace CLI {
class App;
}

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

/// `settings` must live as long as `app`.
void declare_submit_options(CLI::App& app, SubmitSettings& settings);

}  // namespace vnode
