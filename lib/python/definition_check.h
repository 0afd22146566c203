#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/port.h"
#include "node/node_type.h"

namespace vnode {

class PythonRuntime;

/// What loading a definition and making an instance of it led to.
struct DefinitionCheck {
  struct Failure {
    std::string message;
    std::string traceback;                            ///< several lines; may be empty
    std::optional<std::int64_t> line = std::nullopt;  ///< of its python_code
  };

  NodeTypePtr type;
  std::optional<Failure> failure;
  // As the constructor made them, where there is no failure.
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  bool has_hook = false;
  /// Its code may have something left to do behind its last firing, but a return (journal rule 2). Where it
  /// was asked for.
  bool has_work_behind_firings = false;
};

/// Loads each definition and makes one instance of it, without saved parameters; nothing is executed. In
/// hosts of its own, one an interpreter. A definition over which a host dies, or that takes longer than
/// `timeout`, has failed, and the others go on in a new host. The result is in the order of `types`, which
/// must be types of that runtime. `looks_at_firings`: whether that is asked for. Thread rule: any thread;
/// blocks until all is done.
std::vector<DefinitionCheck> check_definitions(PythonRuntime& runtime, std::span<const NodeTypePtr> types,
                                               Duration timeout, bool looks_at_firings = false);

}  // namespace vnode
