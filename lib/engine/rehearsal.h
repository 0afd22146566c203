#pragma once

#include <memory>
#include <string_view>

#include "engine/recorder.h"
#include "node/node_runtime.h"

namespace vnode {

/// Is told what a run would execute that only rehearses how it would go on from a journal (journal rule 16):
/// records are taken, native nodes that only compute or control are executed, and a chain waits for ever
/// where anything else would be. Thread rule: the thread that steps the run.
class Rehearsal {
 public:
  /// One that would begin now, or a call of the node's hook.
  struct Execution {
    RecordedPlace place;
    std::string_view name;  ///< of the node, as people call it; may be empty
    std::string_view node_id;
    std::string_view hook;    ///< for which port; empty: it is an execution
    bool is_recorded = true;  ///< false: it never stands in journals
    std::string_view reason;  ///< why, although it stands in the journal; empty: it does not
  };

  virtual ~Rehearsal() = default;
  virtual void would_execute(const Execution& execution) = 0;
};

/// It does something that a rehearsal must not do.
bool touches_world(const NodeType& type);

/// Stands for a runtime that makes its instances by executing users' code: they have the ports of their
/// definitions here, and the names that wires bring.
std::unique_ptr<RuntimeSession> make_rehearsal_session();

}  // namespace vnode
