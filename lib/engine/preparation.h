#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/overrides.h"
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
};

/// Reads the document, sets the parameters, and makes it ready to run. UTF-8 text. `beginning`: what
/// `problems` have to tell (validate.h), with the paths that `path_map` maps left out.
Preparation prepare(std::string_view text, const Registry& registry, const std::vector<Override>& overrides,
                    Beginning beginning = Beginning::kRun, const PathMap* path_map = nullptr);

}  // namespace vnode
