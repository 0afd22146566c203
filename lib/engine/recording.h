#pragma once

#include <vector>

#include "engine/chain.h"
#include "engine/recorder.h"
#include "model/port_value.h"

namespace vnode {

class Level;
class RunState;
struct Instance;
struct PlanNode;

/// Journal rule 1: what the journal of a run holds.
bool is_recorded(const NodeType& type);

/// It leaves behind more than records tell, as far as is known before it begins: what init nodes prepare, and
/// what its definition says of itself.
bool is_stateful(const Instance& node);

/// The values that an execution begins with: all but its own outputs, in a fixed order.
std::vector<PortValue> recorded_inputs(const Instance& node);

/// What has set off what is about to begin at that place: of a node, around what was set off; null: nothing.
RecordedCause cause_of(const ChainPlace* place, bool is_pulled);

/// Waits until all that was recorded so far is durable (journal rule 2). `holds`: no other chain gets a turn
/// meanwhile (rule 28). Afterwards the run is stopped if that has failed.
Task<void> settle_records(RunState& run, Chain& chain, bool holds, SuspendedFor what);

}  // namespace vnode
