#pragma once

#include <string>

#include "model/value.h"

namespace vnode {

/// The results of a run as the daemon tells them (`run.results`), a line each (one that has none: no line):
/// NODE.PORT as --output and `vnode result` take it, and the value as JSON. NODE is the instance's name or
/// its type where only one node is called so, else its id.
std::string result_listing(const Value& results);

/// What of the results is not there, or shortened, and why; empty when all is.
std::string missing_results_text(const Value& results);

}  // namespace vnode
