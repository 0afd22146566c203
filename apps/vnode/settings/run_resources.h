#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/resource_amounts.h"

namespace vnode {

/// What the nodes of a run on this machine may use: `cpus` and `mem` are what the machine has where they are
/// not given. `assignments`: NAME=AMOUNT. Errors: kUsage.
Result<ResourceAmounts> run_resources(const std::vector<std::string>& assignments);

using NamedAmount = std::pair<std::string, ResourceAmount>;
/// NAME=AMOUNT, as -r takes it. Errors: kUsage.
Result<NamedAmount> parse_resource(const std::string& assignment);

/// `cpus` and `mem` of this machine.
ResourceAmounts machine_resources();

}  // namespace vnode
