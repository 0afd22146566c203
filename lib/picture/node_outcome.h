#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace vnode {

/// How a node of a run stands, or how it has ended the last time.
enum class OutcomeState : std::uint8_t {
  kNeverStarted,
  kRunning,  ///< it has started and not ended: the run goes on, or was cut off
  kSucceeded,
  kHandled,  ///< it failed, and another node goes on from there: no failure of the run
  kFailed,
  kTimedOut,
  kSkipped,
  kCancelled,
};

/// What people call it.
std::string_view outcome_word(OutcomeState state);

struct NodeOutcome {
  OutcomeState state = OutcomeState::kNeverStarted;
  std::uint64_t executions = 0;
  double seconds = 0;   ///< of all executions together
  std::string message;  ///< of its failure, or why it was skipped
};

/// The nodes of one run, each by its address: the ids of the groups that it is in and its own, with "/"
/// between them.
struct RunOutcomes {
  std::string status;  ///< of the run: "completed", "failed", ...; empty when it has not ended
  double seconds = 0;
  std::unordered_map<std::string, NodeOutcome> nodes;

  const NodeOutcome* find(const std::string& address) const {
    const auto found = nodes.find(address);
    return found == nodes.end() ? nullptr : &found->second;
  }
};

/// "8.1 ms", "12.3 s", "1 h 04 min": as short as it can be told apart.
std::string seconds_text(double seconds);

}  // namespace vnode
