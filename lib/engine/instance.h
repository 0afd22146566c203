#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/chain.h"
#include "engine/plan_data.h"
#include "events/event.h"

namespace vnode {

class Execution;

/// What the last execution of a node left behind, for pulls (rules 12, 13, 18).
enum class NodeState : std::uint8_t {
  kNotExecuted,  ///< never ran, or was invalidated
  kExecuted,
  kFailed,   ///< not retried before an invalidation
  kSkipped,  ///< a source of it failed; likewise
};

/// A chain that waits for a node that another chain is executing (rule 11).
struct Waiter {
  Chain* chain;
  SlotIndex port;  ///< a pull: the output it wants; kNoSlot: an exec trigger, which wants the node itself
};

/// What few instances need at any time, apart so that the others stay small.
struct RareState {
  std::deque<Waiter> waiters;
  std::vector<Chain*> hook_chains;  ///< chains that are inside the instance's hook
  std::uint64_t hook_record = 0;    ///< of the last call of the hook that is under way, if recorded
  Dict further_results;             ///< returned under names without a slot
  std::shared_ptr<const class Plan> group_plan;  ///< of the document below
  Value group_document;
};

/// One node of a running workflow: all that changes while it runs. Owned by its Level.
struct Instance {
  const PlanNode* plan = nullptr;
  const Layout* layout = nullptr;
  Value* parameters = nullptr;     ///< live; layout->size() of them
  Value* results = nullptr;        ///< unset where nothing was given
  Chain* owner = nullptr;          ///< the chain that executes it, from guard to the end of rules 16 and 17
  Execution* execution = nullptr;  ///< while `execute` runs
  Instance* outer = nullptr;       ///< in the body of a map: the same node in the level around it
  const NodeLimits* limits = nullptr;  ///< null: none
  const ResourceDemand* demand =
      nullptr;  ///< what its code takes turns at; null: nothing, or its runtime knows
  std::unique_ptr<RareState> rare;
  std::uint32_t executions = 0;
  NodeState state = NodeState::kNotExecuted;
  /// An invalidation that starts here would change nothing: see Level::invalidate.
  bool invalidated_below = false;
  bool started = false;
  bool past_end = false;  ///< its present execution has finished; what follows are rules 16, 17 and 19
  NodeStatus last_status = NodeStatus::kSuccess;  ///< when `finished`
  bool finished = false;
  bool has_error_logs = false;  ///< of its own, or of a group's inside, also where they are only reported
  bool is_handled = false;      ///< the failure that `last_status` tells of is none of the run's

  RareState& rare_state() {
    if (!rare) rare = std::make_unique<RareState>();
    return *rare;
  }
  const Uuid& id() const { return plan->instance->instance_id; }
  const std::string& node_type() const { return plan->instance->node_id; }
};

}  // namespace vnode
