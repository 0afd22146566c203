#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/uuid.h"
#include "model/value.h"

namespace vnode {

/// What wires have brought to a node when it began for the last time (journal rule 18). A value.
struct LastInputs {
  std::uint32_t execution = 0;  ///< the how manieth of the node
  Dict values;                  ///< by names of inputs
  bool has_objects = false;     ///< some of them no journal can hold
  bool was_masked = false;      ///< a secret was in them
};

/// Looks through the journal for a node of the workflow, also where it is in the body of a map. nullopt: it
/// has not begun. Errors: those of JournalReader.
Result<std::optional<LastInputs>> read_last_inputs(int fd, const std::string& name, const Uuid& node);

}  // namespace vnode
