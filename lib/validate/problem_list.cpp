#include "validate/problem_list.h"

namespace vnode {

bool ProblemList::admit(Severity severity, std::string_view code) {
  Tally& tally = tallies_[code];
  tally.severity = severity;
  const std::size_t most = severity == Severity::kError ? kMaxErrors : kMaxWarnings;
  if (tally.found++ < most) return true;
  ++tally.left_out;
  return false;
}

Problems ProblemList::take() {
  for (const auto& [code, tally] : tallies_) {
    if (tally.left_out == 0) continue;
    problems_.push_back({.severity = tally.severity,
                         .code = std::string(code),
                         .message = "and " + std::to_string(tally.left_out) + " more of this kind"});
  }
  tallies_.clear();
  return std::move(problems_);
}

}  // namespace vnode
