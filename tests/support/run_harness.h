#pragma once

#include <memory>
#include <string>

#include "engine/run.h"
#include "support/recording_sink.h"
#include "support/workflow_builder.h"

namespace vnode::test {

/// A clock that stands still until it is moved.
class FakeClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return SteadyTime(std::chrono::hours(1)) + offset_; }
  WallTime wall_now() const override {
    return WallTime(std::chrono::hours(1)) + std::chrono::duration_cast<WallTime::duration>(offset_);
  }
  void advance(Duration by) { offset_ += by; }

 private:
  Duration offset_{};
};

/// A registry with all native nodes and a few nodes for tests (`add_test_nodes`).
const Registry& test_registry();

/// Nodes that tests script:
///   test_fail      fails with the text in `message`
///   test_fail_once fails on its first execution in a run, then pushes `value`
///   test_fail_times  fails in its first `times` tries of a run, before that pushes if `push` is true, and
///   logs an
///                  error if `log` is
///   test_slow_value  data-only: pushes and returns `in` after ten seconds
///   test_value     data-only: pushes and returns `value` (reads the parameter); no exec pins
///   test_return    returns {value: parameter value, exec_out: parameter fire} and pushes nothing
///   test_late      pushes `value`=1, yields, then returns value=2
///   test_yield     yields `times` times, then fires exec_out
///   test_pass      in -> out, standard shape, with exec pins, no hook
///   test_relay     in -> out as data-only node without hook
///   test_hook_fail fails in its hook for `in`
///   test_block     returns out=1 from a worker thread
void add_test_nodes(NodeLibrary& library);

/// One run of a workflow with everything around it, and what it did.
class RunHarness {
 public:
  explicit RunHarness(const WorkflowBuilder& builder, RunOptions options = {},
                      const Registry& registry = test_registry(), Recorder* recorder = nullptr,
                      Resumption* resumption = nullptr);
  /// Of a plan that was made of the builder's workflow, or of a part of it.
  RunHarness(const WorkflowBuilder& builder, std::shared_ptr<const Plan> plan, RunOptions options = {},
             Recorder* recorder = nullptr, Resumption* resumption = nullptr);
  ~RunHarness();

  /// Steps to the end, moving the clock to the next deadline whenever nothing is ready.
  RunHarness& run();
  Run& get() { return *run_; }
  RecordingSink& sink() { return sink_; }
  FakeClock& clock() { return clock_; }
  const RunOutcome& outcome() const { return run_->outcome(); }
  std::vector<std::string> trace() const { return sink_.trace(); }
  /// repr of a result, or "unset".
  std::string result(const std::string& node, std::string_view port) const;

 private:
  WorkflowBuilder builder_;
  FakeClock clock_;
  WorkerPool workers_{2};
  HttpClient http_;
  RecordingSink sink_;
  std::unique_ptr<Run> run_;
};

}  // namespace vnode::test
