#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tasks/task_table.h"

namespace vnode::test {

/// A clock whose two hands are moved apart: wall clocks jump.
class TwoHandedClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return SteadyTime(std::chrono::hours(1)) + steady_; }
  WallTime wall_now() const override {
    return WallTime(std::chrono::hours(1)) + std::chrono::duration_cast<WallTime::duration>(wall_);
  }
  void advance(Duration by) {
    steady_ += by;
    wall_ += by;
  }
  void set_wall_back(Duration by) { wall_ -= by; }

 private:
  Duration steady_{};
  Duration wall_{};
};

/// What a test sees of a piece of work, and how it makes it end.
struct Script {
  std::optional<TaskOutcome> outcome;  ///< the next step ends it so
  std::optional<SteadyTime> deadline;
  bool is_ready = false;
  bool ends_when_stopped = true;  ///< as cancelled
  std::optional<TaskVerdict> verdict;
  std::vector<RunStatus> judged;  ///< what it was asked of

  std::function<void()> wake;
  std::vector<StopReason> stops;
  std::vector<RunPause> pauses;
  std::size_t starts = 0;
  std::size_t steps = 0;
  Duration budget{};  ///< of the last step
  std::function<void()> on_step;

  void end(TaskOutcome how = {}) {
    outcome = std::move(how);
    wake();
  }
};

/// Work that does what its script says; the script lives longer.
class ScriptedWork final : public TaskWork {
 public:
  explicit ScriptedWork(Script& script) : script_(script) { script_.outcome.reset(); }

  void start(std::function<void()> wake) override {
    ++script_.starts;
    script_.wake = std::move(wake);
  }
  bool step(Duration budget) override {
    ++script_.steps;
    script_.budget = budget;
    if (script_.on_step) script_.on_step();
    return script_.outcome.has_value();
  }
  bool has_ready() const override { return script_.is_ready; }
  std::optional<SteadyTime> next_deadline() const override { return script_.deadline; }
  void stop(StopReason reason) override {
    script_.stops.push_back(reason);
    if (script_.ends_when_stopped) script_.outcome = TaskOutcome{.status = RunStatus::kCancelled};
  }
  void pause(RunPause pause) override { script_.pauses.push_back(pause); }
  TaskOutcome take_outcome() override { return std::move(*script_.outcome); }
  std::optional<TaskVerdict> verdict(const TaskOutcome& outcome) override {
    script_.judged.push_back(outcome.status);
    return script_.verdict;
  }

 private:
  Script& script_;
};

/// A task table with a clock that stands still, whose work is scripted.
class TableHarness {
 public:
  explicit TableHarness(TaskTableSettings settings = {}) : table(clock, with_default(std::move(settings))) {}

  /// The script is found under the task's id.
  TaskHandle submit(TaskRequest request) {
    return table.submit(std::move(request), [this](const TaskRecord& task) {
      return std::make_unique<ScriptedWork>(scripts[task.id]);
    });
  }
  TaskHandle submit(const char* id) { return submit(TaskRequest{.id = id}); }
  /// Steps until there is nothing left to do at once.
  void settle() {
    while (table.step()) {
    }
  }
  void end(const std::string& id, TaskOutcome how = {}) {
    scripts.at(id).end(std::move(how));
    settle();
  }
  RunStatus status(std::string_view id) const { return table.find(id)->status(); }

  TwoHandedClock clock;
  std::map<std::string, Script> scripts;  // work ends with the table: before its script
  TaskTable table;

 private:
  static TaskTableSettings with_default(TaskTableSettings settings) {
    if (settings.default_concurrency == 0) settings.default_concurrency = 4;
    return settings;
  }
};

/// The outcome of work that fails with those words.
inline TaskOutcome failed(const std::string& error) { return {.status = RunStatus::kFailed, .error = error}; }

}  // namespace vnode::test
