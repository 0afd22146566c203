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
  tell_idle_values();
  return std::move(problems_);
}

void ProblemList::take_idle_values(ProblemList& other) {
  const IdleValues idle = std::exchange(other.idle_values_, {});
  idle_values_.of_wired_inputs += idle.of_wired_inputs;
  idle_values_.of_outputs += idle.of_outputs;
}

void ProblemList::tell_idle_values() {
  const IdleValues idle = std::exchange(idle_values_, {});
  const auto count_text = [](std::size_t count, const std::string& what) {
    return count == 0 ? std::string() : std::to_string(count) + " of " + what;
  };
  const std::string inputs = count_text(idle.of_wired_inputs, "wired inputs");
  const std::string outputs = count_text(idle.of_outputs, "outputs");
  if (inputs.empty() && outputs.empty()) return;
  problems_.push_back({.severity = Severity::kNote,
                       .code = "idle_values",
                       .message = "saved values that no run uses, as editors leave them: " + inputs +
                                  (inputs.empty() || outputs.empty() ? "" : ", ") + outputs});
}

}  // namespace vnode
