#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/overrides.h"
#include "engine/part.h"
#include "engine/plan.h"
#include "registry/registry.h"
#include "validate/validate.h"

namespace vnode {

/// What became of a workflow's text on its way to a run.
struct Preparation {
  std::shared_ptr<const Plan> plan;  ///< null when it was refused
  Problems problems;                 ///< errors why; warnings, also of what is inside groups
  /// It was not the document that was refused, but the overrides.
  bool is_override_refused = false;
  std::size_t nodes_in_file = 0;  ///< of which a part may be left out
  Dict parameters = {};           ///< those of the workflow itself, with their values in this run
};

/// What is asked of a run beside the document.
struct PreparationRequest {
  std::vector<Override> overrides = {};
  PartRequest part = {};                  ///< rule 48
  Beginning beginning = Beginning::kRun;  ///< what `problems` have to tell (validate.h)
  const PathMap* path_map = nullptr;      ///< that the run has: the paths that it maps are not told of
  /// Gives a node that runs alone what `overrides` do not. `wired`: its inputs that wires bring in the whole
  /// workflow. Errors are those of what was asked for.
  std::function<void(NodeInstance& node, const std::vector<std::string>& wired, Problems& problems)>
      fill_single = nullptr;
};

/// Reads the document, sets the parameters, finds the part that is to run, and makes it ready. UTF-8 text.
Preparation prepare(std::string_view text, const Registry& registry, const PreparationRequest& request);

}  // namespace vnode
