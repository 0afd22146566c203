#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "apps/vnode/local/run_command_options.h"
#include "apps/vnode/show/resume_table.h"
#include "engine/plan.h"
#include "engine/preparation.h"

namespace vnode {

/// What is asked of a run that goes on from a journal beside that: --from, --only and --dry-run.
class ResumeWishes {
 public:
  /// `settings` must outlive it.
  explicit ResumeWishes(RunCommandOptions& settings) : settings_(settings) {}

  /// Errors: kUsage, where options contradict each other.
  Result<void> check() const;
  /// --only: the node gets what wires brought to it the last time.
  void ask_for_inputs(PreparationRequest& request);
  /// --from, --only: finds the nodes that are executed whatever stands in the journal. Problems:
  /// unknown_node, ambiguous_node, bad_part.
  void find_nodes(const Plan& plan, Problems& problems);

  const std::unordered_set<Uuid>& without() const { return without_; }
  std::string why_without() const;

  /// What would become of each node, without doing anything. Errors: those of ResumeRehearsal.
  Result<std::vector<ResumeRow>> rehearse(const std::shared_ptr<const Plan>& plan) const;
  /// --from: a problem not_done of each node beside those that would be executed as well. Errors: the same.
  Result<Problems> find_missing(const std::shared_ptr<const Plan>& plan) const;

 private:
  void fill(NodeInstance& node, const std::vector<std::string>& wired, Problems& problems);

  RunCommandOptions& settings_;
  std::unordered_set<Uuid> without_;
};

}  // namespace vnode
