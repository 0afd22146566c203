#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/show/resume_table.h"
#include "engine/plan.h"
#include "engine/rehearsal.h"
#include "engine/run.h"
#include "events/sink.h"
#include "journal/journal_resumption.h"

namespace vnode {

/// How a run would go on from a journal (journal rule 16): nothing is executed that touches the world, and
/// nothing is written, the journal included.
class ResumeRehearsal final : private EventSink, private Rehearsal {
 public:
  explicit ResumeRehearsal(std::shared_ptr<const Plan> plan);

  /// `options`: of the run that is meant; what it takes over from the journal is set in it. Errors: those of
  /// JournalIndex; kNotFound, kIo.
  Result<void> perform(const std::string& journal, const JournalResumption::Options& how, RunOptions options);

  /// In the order of the workflow. Valid after `perform`.
  const std::vector<ResumeRow>& rows() const { return rows_; }
  /// The node of the workflow that row is of, or is in.
  NodeIndex node_of(std::size_t row) const { return nodes_[row]; }

 private:
  struct Watched {
    ResumeRow row;
    bool is_finished = true;
    std::vector<std::string> inner_order;
    std::map<std::string, ResumeRow> inner;
  };

  void on_event(const Event& event) override;
  void would_execute(const Execution& execution) override;
  ResumeRow* find(std::span<const Uuid> groups, const Uuid& node, std::string_view label,
                  std::string_view node_id);
  void mark_open();
  void collect();

  std::shared_ptr<const Plan> plan_;
  std::vector<Watched> watched_;  ///< by node
  std::vector<ResumeRow> rows_;
  std::vector<NodeIndex> nodes_;
  bool is_over_ = false;
};

}  // namespace vnode
