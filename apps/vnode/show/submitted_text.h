#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/value.h"

namespace vnode {

/// A name and a value each, for people, what `run` (as `run.get` tells it) was submitted with, as far as it
/// does not say the same elsewhere: whatever rpc/submission.h has, in its order.
std::vector<std::pair<std::string, std::string>> submitted_rows(const Value& run);

}  // namespace vnode
