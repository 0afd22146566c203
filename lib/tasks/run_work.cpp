#include "tasks/run_work.h"

#include <utility>

namespace vnode {
namespace {

class NullSink final : public EventSink {
 public:
  void on_event(const Event&) override {}
  bool wants_node_events() const override { return false; }
};

StopReason stop_reason(TaskStop reason) {
  switch (reason) {
    case TaskStop::kTimeout:
      return StopReason::kTimeout;
    case TaskStop::kShutdown:
      return StopReason::kShutdown;
    case TaskStop::kNone:
    case TaskStop::kCancel:
      break;
  }
  return StopReason::kCancel;
}

class RunWork final : public TaskWork {
 public:
  RunWork(std::shared_ptr<const Plan> plan, RunServices services, EventSink* sink, RunOptions options)
      : run_(std::move(plan), services, sink ? *sink : nobody_, std::move(options)) {}

  void start(std::function<void()> wake) override { run_.set_wake(std::move(wake)); }
  bool step(Duration budget) override { return run_.poll(budget); }
  bool has_ready() const override { return run_.has_ready(); }
  std::optional<SteadyTime> next_deadline() const override { return run_.next_deadline(); }
  void stop(TaskStop reason) override { run_.stop(stop_reason(reason)); }
  TaskOutcome take_outcome() override { return task_outcome(run_.outcome(), error()); }

 private:
  std::string error() const {
    std::string text = run_.outcome().error;
    if (run_.outcome().status == RunStatus::kInvalid && !run_.problems().empty()) {
      text += ": " + run_.problems().front().message;
    }
    return text;
  }

  NullSink nobody_;
  Run run_;
};

TaskStatus task_status(RunStatus status) {
  switch (status) {
    case RunStatus::kCompleted:
      return TaskStatus::kCompleted;
    case RunStatus::kFailed:
    case RunStatus::kInvalid:
      break;
    case RunStatus::kCancelled:
      return TaskStatus::kCancelled;
    case RunStatus::kTimeout:
      return TaskStatus::kTimeout;
    case RunStatus::kInterrupted:
      return TaskStatus::kInterrupted;
  }
  return TaskStatus::kFailed;
}

/// As in the event stream's last event.
Dict counts_dict(const NodeCounts& counts) {
  return {{"executed", counts.executed}, {"succeeded", counts.succeeded},
          {"failed", counts.failed},     {"cancelled", counts.cancelled},
          {"skipped", counts.skipped},   {"never_started", counts.never_started}};
}

}  // namespace

TaskOutcome task_outcome(const RunOutcome& outcome, std::string error) {
  return {.status = task_status(outcome.status),
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
