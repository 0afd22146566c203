#pragma once

#include <string>
#include <vector>

namespace vnode {

/// Something to do when a run has ended (lib/daemon/rules.md, rule 16): a command, which gets the run as JSON
/// on its standard input, or a URL that it is posted to.
struct Hook {
  std::vector<std::string> command = {};  ///< program and arguments, no shell; or
  std::string url = {};
};

/// Why it can never be carried out; empty: nothing is wrong with it.
std::string problem_of(const Hook& hook);

}  // namespace vnode
