#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "model/problem.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

/// Which part of a workflow is to run (rule 48), in the words of who starts it. Nodes are named as in `-p`.
struct PartRequest {
  std::vector<std::string> targets = {};  ///< NODE or NODE.PORT: what is needed for these, and nothing else
  std::string only = {};                  ///< that node alone; empty: no such wish
  std::vector<std::string> skips = {};    ///< as if these were bypassed

  bool is_empty() const { return targets.empty() && only.empty() && skips.empty(); }
};

/// What a plan has of a workflow when it is one of a part.
struct Cut {
  std::vector<NodeIndex> places = {};        ///< of its nodes, in the file; empty: it has them all
  std::vector<NodeIndex> targets = {};       ///< start also where nothing is wired to them
  std::vector<NodeIndex> last_targets = {};  ///< start when all else has ended, unless they are executed then
};

/// The part of one workflow that is to run, found out before anything does. Immutable.
class Part {
 public:
  /// Errors, all of them: unknown_node, ambiguous_node, unknown_port, bad_part (wishes that contradict each
  /// other, or something inside of a group), unreachable_target (no start node leads to it).
  static std::optional<Part> find(const Workflow& workflow, const Registry& registry,
                                  const PartRequest& request, Problems& problems);

  /// One node alone, without its wires.
  bool is_single() const { return is_single_; }
  /// Which; of a single one.
  NodeIndex single() const { return targets_.front(); }
  bool has(NodeIndex node) const { return kept_nodes_.empty() || kept_nodes_[node]; }
  /// Takes what does not run out of that workflow.
  Cut cut(Workflow& workflow) const;

 private:
  friend class PartFinder;

  bool is_single_ = false;
  std::vector<bool> kept_nodes_;  ///< empty: all
  std::vector<bool> kept_wires_;
  std::vector<NodeIndex> targets_;  ///< in file order
  std::vector<bool> is_last_;       ///< of each of them
  std::vector<NodeIndex> skips_;
};

}  // namespace vnode
