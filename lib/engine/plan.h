#pragma once

#include <memory>

#include "graph/graph.h"
#include "model/path_map.h"
#include "model/problem.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

class Part;
struct PlanData;

/// A workflow made ready to run: its node types looked up, its ports numbered, its wires resolved. Immutable;
/// any number of runs may share one, at the same time and from different threads (rule 32).
class Plan {
 public:
  /// The plan, or every error that keeps the workflow from running (rule 1). Also adds to `problems` the
  /// warnings that who starts a run must know (`validate_before_run`); `path_map` matters for them alone.
  /// `part`: what is to run of it (rule 48), null: all; the plan's workflow is what is left of it.
  static std::shared_ptr<const Plan> make(Workflow workflow, const Registry& registry, Problems& problems,
                                          const PathMap* path_map = nullptr, const Part* part = nullptr);
  /// The same workflow and types, with other ports for some nodes: instances that a runtime has made.
  static std::shared_ptr<const Plan> with_shapes(
      const Plan& plan, const std::vector<std::pair<NodeIndex, InstanceShape>>& shapes);
  /// For PlanBuilder: of a plan that has been built.
  explicit Plan(std::unique_ptr<PlanData> data);
  ~Plan();

  const Workflow& workflow() const;
  const Graph& graph() const;
  /// The engine's view of it: engine/plan_data.h.
  const PlanData& data() const { return *data_; }

 private:
  std::unique_ptr<PlanData> data_;
};

/// Problems that were found in the plan's workflow: their pointers then point into the file, of which it may
/// be a part.
void point_into_file(const Plan& plan, Problems& problems);

}  // namespace vnode
