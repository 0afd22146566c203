#include "tasks/run_work.h"

#include <algorithm>
#include <utility>

namespace vnode {
namespace {

class NullSink final : public EventSink {
 public:
  void on_event(const Event&) override {}
  bool wants_node_events() const override { return false; }
};

class RunWork final : public TaskWork {
 public:
  RunWork(std::shared_ptr<const Plan> plan, RunServices services, EventSink* sink, RunOptions options)
      : run_(std::move(plan), services, sink ? *sink : nobody_, std::move(options)) {}

  void start(std::function<void()> wake) override { run_.set_wake(std::move(wake)); }
  bool step(Duration budget) override { return run_.poll(budget); }
  bool has_ready() const override { return run_.has_ready(); }
  std::optional<SteadyTime> next_deadline() const override { return run_.next_deadline(); }
  void stop(StopReason reason) override { run_.stop(reason); }
  void pause(RunPause pause) override { run_.pause(pause); }
  TaskOutcome take_outcome() override { return task_outcome(run_.outcome(), error()); }
  /// What was refused once would be refused again.
  std::optional<TaskVerdict> verdict(const TaskOutcome&) override {
    return is_refused() ? std::optional(TaskVerdict::kEnd) : std::nullopt;
  }

 private:
  bool is_refused() const { return run_.outcome().status == RunStatus::kInvalid; }
  std::string error() const { return is_refused() ? refusal_text(run_.problems()) : run_.outcome().error; }

  NullSink nobody_;
  Run run_;
};

/// As in the event stream's last event.
Dict counts_dict(const NodeCounts& counts) {
  return {{"executed", counts.executed},       {"succeeded", counts.succeeded},
          {"failed", counts.failed},           {"cancelled", counts.cancelled},
          {"skipped", counts.skipped},         {"never_started", counts.never_started},
          {"with_errors", counts.with_errors}, {"handled", counts.handled}};
}

}  // namespace

std::string refusal_text(const Problems& problems) {
  const auto is_error = [](const Problem& problem) { return problem.severity == Severity::kError; };
  const auto first = std::find_if(problems.begin(), problems.end(), is_error);
  std::string text(sentence_of(RunStatus::kInvalid));
  return first == problems.end() ? text : text + ": " + first->message;
}

TaskOutcome task_outcome(const RunOutcome& outcome, std::string error) {
  return {.status = table_status(outcome.status),
          .result = Dict{{"status", word(outcome.status)},
                         {"exit_code", outcome.exit_code},
                         {"nodes", counts_dict(outcome.nodes)}},
          .error = std::move(error),
          .exit_code = outcome.exit_code};
}

WorkFactory run_work(std::shared_ptr<const Plan> plan, RunServices services, EventSink* sink,
                     RunOptions options) {
  return [plan = std::move(plan), services, sink, options = std::move(options)](const TaskRecord& task) {
    RunOptions own = options;
    own.run_id = task.id;
    own.attempt = task.attempt;
    return std::make_unique<RunWork>(plan, services, sink, std::move(own));
  };
}

}  // namespace vnode
