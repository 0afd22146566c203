#include "apps/vnode/local/resume_rehearsal.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "base/owned_fd.h"
#include "engine/emitter.h"
#include "engine/node_address.h"
#include "engine/nodes_behind.h"
#include "engine/plan_data.h"
#include "journal/journal_file.h"

namespace vnode {

ResumeRehearsal::ResumeRehearsal(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {
  const PlanData& data = plan_->data();
  const std::vector<std::string> words = node_words(data.workflow);
  watched_.resize(data.nodes.size());
  for (NodeIndex node = 0; node < watched_.size(); ++node) {
    watched_[node].row.word = words[node];
    watched_[node].row.node_id = data.nodes[node].instance->node_id;
  }
}

Result<void> ResumeRehearsal::perform(const std::string& journal, const JournalResumption::Options& how,
                                      RunOptions options) {
  const OwnedFd fd(::open(journal.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) {
    Error error = io_error("cannot open the journal " + journal, errno);
    if (errno == ENOENT) error.code = ErrorCode::kNotFound;
    return error;
  }
  Result<JournalIndex> index = JournalIndex::read(fd.get(), journal);
  if (!index) return index.error();
  if (index->header() && !options.seed) options.seed = index->header()->seed;
  const SystemClock clock;
  const std::unique_ptr<JournalFile> nowhere = JournalFile::none();
  JournalRecorder recorder(*nowhere, clock);
  Result<std::unique_ptr<JournalResumption>> resumption =
      JournalResumption::open(fd.get(), journal, std::move(*index), recorder, how);
  if (!resumption) return resumption.error();
  options.timeout.reset();
  WorkerPool workers(1);
  HttpClient http;
  Run run(plan_, RunServices{clock, workers, http, nullptr, &recorder, resumption->get(), this}, *this,
          std::move(options));
  while (!run.poll() && run.has_ready()) {
  }
  // What is left waits for what is not executed.
  is_over_ = true;
  if (!run.finished()) {
    run.stop(StopReason::kCancel);
    run.run_to_end();
  }
  mark_open();
  collect();
  return {};
}

ResumeRow* ResumeRehearsal::find(std::span<const Uuid> groups, const Uuid& node, std::string_view label,
                                 std::string_view node_id) {
  const std::optional<NodeIndex> outermost = plan_->graph().find(groups.empty() ? node : groups.front());
  if (!outermost) return nullptr;
  Watched& watched = watched_[*outermost];
  if (groups.empty()) return &watched.row;
  std::string key;
  for (const Uuid& group : groups) key += group.text();
  key += node.text();
  const auto [row, is_new] = watched.inner.try_emplace(key);
  if (is_new) {
    row->second.word = watched.row.word + " / " + std::string(label.empty() ? node_id : label);
    row->second.node_id = node_id;
    row->second.is_inner = true;
    watched.inner_order.push_back(key);
  }
  return &row->second;
}

void ResumeRehearsal::on_event(const Event& event) {
  if (is_over_ || !event.node) return;
  const NodeRef& node = *event.node;
  ResumeRow* row = find(node.path, node.instance_id, node.name, node.node_type);
  if (!row) return;
  if (const auto* started = std::get_if<NodeStarted>(&event.body)) {
    ++(started->is_resumed ? row->taken : row->computed);
    if (node.path.empty()) watched_[*plan_->graph().find(node.instance_id)].is_finished = false;
  } else if (std::holds_alternative<NodeFinished>(event.body) && node.path.empty()) {
    watched_[*plan_->graph().find(node.instance_id)].is_finished = true;
  }
}

void ResumeRehearsal::would_execute(const Execution& execution) {
  std::vector<Uuid> groups;
  for (const LevelPath* level = execution.place.path; level; level = level->outer) {
    if (!level->iteration) groups.push_back(level->group);
  }
  std::reverse(groups.begin(), groups.end());
  ResumeRow* row = find(groups, *execution.place.node, execution.name, execution.node_id);
  if (!row || row->runs) return;
  row->runs = true;
  row->reason = execution.is_recorded ? execution.reason : "its definition says that it is not recorded";
  row->is_never_taken = !execution.is_recorded || execution.reason == "secret";
  if (!execution.hook.empty()) row->reason = "its hook for " + std::string(execution.hook) + " is called";
}

/// What follows from something that would be executed, or that has not come to its end.
void ResumeRehearsal::mark_open() {
  std::vector<NodeIndex> ends;
  for (NodeIndex node = 0; node < watched_.size(); ++node) {
    const Watched& watched = watched_[node];
    const bool runs_inside = std::any_of(watched.inner.begin(), watched.inner.end(),
                                         [](const auto& inner) { return inner.second.runs; });
    if (watched.row.runs || runs_inside || !watched.is_finished) ends.push_back(node);
  }
  const std::vector<bool> is_behind = nodes_behind(plan_->graph(), ends);
  for (NodeIndex node = 0; node < watched_.size(); ++node) {
    watched_[node].row.is_open = is_behind[node] && !watched_[node].row.runs;
  }
}

void ResumeRehearsal::collect() {
  for (NodeIndex node = 0; node < watched_.size(); ++node) {
    Watched& watched = watched_[node];
    rows_.push_back(watched.row);
    nodes_.push_back(node);
    for (const std::string& key : watched.inner_order) {
      rows_.push_back(watched.inner.at(key));
      nodes_.push_back(node);
    }
  }
}

}  // namespace vnode
