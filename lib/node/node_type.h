#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.h"
#include "model/node_definition.h"
#include "node/node_context.h"
#include "node/node_failure.h"
#include "node/node_limits.h"
#include "node/node_runtime.h"

namespace vnode {

/// The ports of one instance while it restores its dynamic ones.
struct PortSet {
  std::vector<Port>& inputs;
  std::vector<Port>& outputs;

  /// Adds at the end; a name that exists already is left alone. Applies the default rule.
  void add_input(Port port);
  void add_output(Port port);
};

/// What the engine does with the table that `compute` returns.
enum class Shape {
  kStandard,    ///< push every value in the order returned, fire `exec_out` where there is one, return the
                ///< table
  kReturnOnly,  ///< only return it
};

/// A node type: its definition and its behaviour, in one declaration.
///
///     library.add({.definition = {.node_id = "string_length", ...},
///                  .compute = [](NodeCall& call) -> Outputs { ... }});
///
/// Exactly one of `compute`, `execute` and `runtime` is set for a type that can run. Behaviours are plain
/// functions: all state of a run is in the run. Immutable once registered; may be shared by threads.
struct NodeType {
  NodeDefinition definition;

  /// A node that takes its inputs, computes and returns, without suspending.
  Outputs (*compute)(NodeCall& call) = nullptr;
  Shape shape = Shape::kStandard;

  /// `compute` may take long or block (files): it runs in place in flow mode and on a worker thread in
  /// data-flow mode (rules 8 and 28). Where a `runtime` executes it: it suspends from the start.
  bool blocking = false;

  /// A native node that reads or changes what is outside of the run, as `blocking` ones do: the journal has
  /// its executions, unless its definition says otherwise (journal rule 1).
  bool touches_world = false;

  /// The input that names the file or folder which it writes; empty: none.
  std::string_view writes = {};
  /// To be raised when it gives other results than before: what an earlier one has recorded is not taken
  /// then.
  int revision = 1;

  /// Reads or writes the run's variables, which must then be up to date when it starts.
  bool uses_variables = false;

  /// A node that pushes while it runs, or suspends.
  Task<Outputs> (*execute)(NodeContext& node) = nullptr;

  /// What executes it instead, and what it probably does with pushes: its instances tell when they are made.
  std::shared_ptr<NodeRuntime> runtime = nullptr;
  bool probably_has_hook = false;

  /// Called after a push into one of the inputs in `watches` (rule 15).
  Task<void> (*on_parameter_changed)(NodeContext& node, std::string_view port, const Value& value) = nullptr;
  std::vector<std::string_view> watches = {};

  /// Adds the ports that an instance's saved parameters ask for.
  void (*restore_ports)(const Dict& saved, PortSet ports) = nullptr;

  /// What is wrong with the saved value of an input that no wire leads to, as problems with that pointer;
  /// null: nothing can be.
  void (*check_saved)(std::string_view input, const Value& saved, const std::string& pointer,
                      Problems& problems) = nullptr;

  /// Instances have further inputs, of any name that is saved or wired.
  bool takes_any_input = false;

  /// Other names under which wires may leave an output: {alias, port} (rule 26).
  std::vector<std::pair<std::string_view, std::string_view>> output_aliases = {};

  /// Of its definition (engine rule 35).
  NodeLimits limits = {};
  /// Executes others while it is executed: a limit of its definition, or of all nodes, is none of it (engine
  /// rule 36).
  enum class Contents : std::uint8_t { kNone, kLoop, kGroup };
  Contents contents = Contents::kNone;

  bool hidden = false;        ///< left out of lists for people (the group nodes)
  std::string origin = {};    ///< "native", or the definition's file
  std::string unusable = {};  ///< why a workflow that uses it is refused; empty when it can run

  bool watches_port(std::string_view port) const;
};

/// A new type. It is immutable from then on.
using NodeTypePtr = std::shared_ptr<const NodeType>;

/// Where native nodes are declared to: collects types in order.
class NodeLibrary {
 public:
  /// Normalises the definition (exec pins, defaults) and keeps the type. Origin "native".
  void add(NodeType type);
  const std::vector<NodeTypePtr>& types() const { return types_; }

 private:
  std::vector<NodeTypePtr> types_;
};

}  // namespace vnode
