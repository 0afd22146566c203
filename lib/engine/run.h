#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/http_client.h"
#include "async/worker_pool.h"
#include "base/clock.h"
#include "base/run_pause.h"
#include "base/run_status.h"
#include "engine/plan.h"
#include "events/sink.h"
#include "model/path_map.h"
#include "node/node_runtime.h"
#include "node/resource_pool.h"

namespace vnode {

class Recorder;
class Rehearsal;
class Resumption;

/// What a run needs from its surroundings; all of it must outlive the run, and may serve many.
struct RunServices {
  const Clock& clock;
  WorkerPool& workers;
  HttpClient& http;
  ResourceLender* lender = nullptr;  ///< of what its nodes need; null: they have what the options say
  Recorder* recorder = nullptr;      ///< of its journal (journal rule 1); null: none
  Resumption* resumption = nullptr;  ///< of an earlier run, with a recorder (journal rule 11); null: none
  Rehearsal* rehearsal = nullptr;    ///< null: the run is meant; with a resumption (journal rule 16)
};

/// What happens to the consumer of a failed source (rule 13).
enum class FailedInputs { kSkip, kDefault };

/// What becomes of a run in which nodes have logged errors and none has failed (rule 22).
enum class LoggedErrors {
  kFail,    ///< it has failed
  kReport,  ///< it has succeeded; the last event counts them all the same
};

/// One node that runs alone (rule 48), as an execution of an earlier run.
struct RepeatedNode {
  std::uint32_t executions_before = 0;      ///< of that node, in that run
  std::vector<std::string> delivered = {};  ///< inputs that wires bring in the whole workflow
};

struct RunOptions {
  std::string run_id;
  std::string workflow_path;  ///< for the first event only
  bool init_only = false;
  bool fail_fast = false;
  FailedInputs failed_inputs = FailedInputs::kSkip;
  LoggedErrors logged_errors = LoggedErrors::kFail;
  NodeLimits limits = {};          ///< of all nodes but loops, before those of definitions (rule 35)
  NodeLimits default_limits = {};  ///< behind those
  ResourceAmounts resources = {};  ///< that its nodes may use together (rule 40)
  std::shared_ptr<const PathMap> path_map = nullptr;  ///< of inputs that name files (rule 39); null: none
  std::optional<Duration> timeout = std::nullopt;     ///< from the first step, but for pauses
  std::optional<std::uint64_t> seed = std::nullopt;
  int attempt = 1;
  std::uint64_t last_seq = 0;  ///< of an earlier attempt's events: the stream of a run has no gaps
  RunEnvironment environment = {};
  /// Outputs whose whole values are to be kept, though nothing may be wired to them: instance and port. An
  /// empty port: all of that instance.
  std::vector<std::pair<Uuid, std::string>> wanted_outputs = {};
  RepeatedNode repeated = {};  ///< of a part that is a single node
};

/// What became of a run.
struct RunOutcome {
  RunStatus status = RunStatus::kCompleted;
  int exit_code = 0;  ///< as in cli.md
  NodeCounts nodes;
  Duration duration{};
  std::string error = {};  ///< as in the last event; empty when completed
};

/// One run of a plan (engine rules, lib/engine/rules.md). All its state is in here; it has no thread of its
/// own.
///
/// Either call `run_to_end`, or step it from a loop of your own:
///
///     while (!run.finished()) { run.poll(); ...the rest of the frame... }
///
/// A host that wants to sleep between steps does so until `next_deadline()` or until the wake function is
/// called. Events reach the sink on the thread that steps; the first and the last one are `execution_started`
/// and `execution_finished`, always.
///
/// Thread rule: one thread at a time; only `stop` and `pause` may be called from any thread (and from the
/// sink).
/// Destroying a run that has not ended stops it and lets it end first.
class Run {
 public:
  Run(std::shared_ptr<const Plan> plan, RunServices services, EventSink& sink, RunOptions options);
  Run(const Run&) = delete;
  ~Run();

  /// Lets each chain that is ready now go on to its next yield or suspension. Never waits. Returns
  /// finished().
  bool poll();
  /// Repeats that until nothing is ready or the time is spent.
  bool poll(Duration budget);
  /// Steps and sleeps until the run has ended.
  const RunOutcome& run_to_end();

  bool finished() const;
  /// True when a poll would do something at once.
  bool has_ready() const;
  /// When the next timer is due; nullopt when nothing is timed.
  std::optional<SteadyTime> next_deadline() const;
  /// `wake` is called from any thread when outside work has ended, or `stop` or `pause` was called, so that a
  /// poll is due. It is not called any more once the run is destroyed, and must not call back into the run.
  void set_wake(std::function<void()> wake);

  /// Ends the run in order (rule 24). The first reason counts. Async-signal-unsafe.
  void stop(StopReason reason);
  /// Pauses it, or lets it go on (kNone): rule 41. The last word counts; a stop ends a pause.
  /// Async-signal-unsafe.
  void pause(RunPause pause);

  /// Valid once finished.
  const RunOutcome& outcome() const;

  /// Why the run was refused after all (its status is `invalid`): definitions that do not load, which shows
  /// only when a runtime makes the instances. Valid once finished.
  const Problems& problems() const;

  /// The run's result (rule 33): what that instance last gave on that port, without the run's secrets (rule
  /// 42); null when nothing. Valid until the next call.
  const Value* result(const Uuid& instance_id, std::string_view port) const;
  /// All of one instance, port -> value; empty when it gave nothing.
  Dict results(const Uuid& instance_id) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The two events of a workflow that is refused: execution_started, and execution_finished with the problems.
void report_refusal(EventSink& sink, const Clock& clock, const RunOptions& options, const Workflow* workflow,
                    const Problems& problems);
/// The last event of a run that was cut off.
void report_interrupted(EventSink& sink, const Clock& clock, const RunOptions& options,
                        const RunOutcome& outcome);
/// The two events of a run that ended before it began. `workflow` may be null.
void report_unstarted(EventSink& sink, const Clock& clock, const RunOptions& options,
                      const Workflow* workflow, const RunOutcome& outcome);

}  // namespace vnode
