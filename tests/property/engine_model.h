#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "property/random_case.h"

namespace vnode::test {

/// What a run did, in the words of RecordingSink: started, output, error and finished lines (without texts of
/// errors and causes), and every instance's results by port.
struct Observed {
  std::vector<std::string> trace;
  bool succeeded = false;
  std::map<std::string, std::map<std::string, std::string>> results;
};

/// The rules of a run (lib/engine/rules.md) as plain recursive code, for comparison. Knows nothing of the
/// engine. Nothing when the run has more than `most_lines` lines. Throws std::logic_error if it comes to a
/// standstill.
std::optional<Observed> model_run(const Case& workflow, std::size_t most_lines);

}  // namespace vnode::test
