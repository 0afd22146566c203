#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/preparation.h"

namespace vnode {

/// Whether a document that can be run (`prepare`, with the first of them) also takes the others in its place:
/// many runs of it that differ in one override. It is read once, and each value is judged by what it is to
/// set, not by a plan of its own: what only that would show shows when its run begins. `parameters`: for each
/// those of the workflow with their values. Errors: those of the first one that is refused.
Problems check_variations(std::string_view text, const Registry& registry, const PreparationRequest& request,
                          std::span<const Override> variations, std::vector<Dict>& parameters);

}  // namespace vnode
