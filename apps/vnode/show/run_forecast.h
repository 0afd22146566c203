#pragma once

#include <string>
#include <vector>

#include "apps/vnode/show/resume_table.h"
#include "base/secret_mask.h"
#include "engine/plan.h"
#include "engine/run.h"

namespace vnode {

/// What a run is about to do, for `vnode run --dry-run`: nothing is started, opened or written for it.
struct RunForecast {
  std::string file;  ///< as it is shown
  const Plan& plan;
  const RunOptions& options;
  const Dict& parameters;  ///< of the workflow itself
  /// NODE.PORT that the command line has set, as instances and ports.
  const std::vector<std::pair<Uuid, std::string>>& overridden;
  std::size_t nodes_in_file = 0;
  std::string journal = {};             ///< that it goes on from; empty: none
  std::vector<ResumeRow> resumed = {};  ///< how
};

/// For people: mode, parameters, init nodes, start nodes or layers, and a paragraph a node.
std::string forecast_text(const RunForecast& forecast);

/// The same for programs, as JSON with a node a line: there may be a hundred thousand of them. Without the
/// secrets of `mask`.
std::string forecast_json(const RunForecast& forecast, const Problems& problems, const SecretMask& mask);

}  // namespace vnode
