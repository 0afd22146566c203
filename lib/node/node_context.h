#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.h"
#include "base/clock.h"
#include "model/log_level.h"
#include "model/value.h"
#include "model/wait_for.h"
#include "node/map_request.h"
#include "node/node_failure.h"
#include "node/outputs.h"

namespace vnode {

class HttpClient;

/// A module of the users' own that node code has imported.
struct UsersModule {
  std::string name;
  std::string file;
};

/// What a computation may see and do: its inputs, and reports. Nodes that only compute need no more, and can
/// therefore run on a worker thread as well (`NodeType::blocking`).
/// Thread rule: used by the one thread that runs the computation.
class NodeCall {
 public:
  virtual ~NodeCall() = default;

  /// The value in the snapshot of the parameters taken just before the call (rule 10); None when there is
  /// none.
  virtual const Value& input(std::string_view port) const = 0;
  virtual bool has_input(std::string_view port) const = 0;
  /// True when a wire leaves that output.
  virtual bool is_output_wired(std::string_view port) const = 0;

  virtual void log(LogLevel level, std::string message) = 0;
  /// Text for standard output: becomes a node_log event of stream "stdout".
  virtual void print(std::string text) = 0;
  /// At most ten a second are reported; `fraction` from 0 to 1.
  virtual void report_progress(double fraction, std::string message) = 0;

  /// True once the run has been asked to stop; long computations look at it and give way. Any thread.
  virtual bool is_stopped() const = 0;

  /// The run's variables (rule 3). Not for nodes that are `blocking`.
  virtual Dict& variables() = 0;
  /// 64 random bits; the same in each run with the same --seed. Not for nodes that are `blocking`.
  virtual std::uint64_t random_bits() = 0;

  void log_info(std::string message) { log(LogLevel::kInfo, std::move(message)); }
  void log_success(std::string message) { log(LogLevel::kSuccess, std::move(message)); }
  void log_warning(std::string message) { log(LogLevel::kWarning, std::move(message)); }
  void log_error(std::string message) { log(LogLevel::kError, std::move(message)); }
};

/// An asynchronous operation as a node starts it: `start` begins the work and returns how to abandon it.
/// `done` must be called exactly once, from any thread, unless the operation was abandoned before.
using ExternalOperation = std::function<std::function<void()>(std::function<void()> done)>;

/// What running a group's inner workflow gave (rule 30).
struct GroupOutcome {
  std::string
      refusal;  ///< why it could not run, or not to its end (not a valid workflow, its timeout); else empty
  std::string code = "group_failed";                   ///< of that, and of failures inside
  std::vector<std::pair<std::string, Value>> outputs;  ///< in inner node order
  std::vector<std::string> errors;                     ///< one line an inner error, naming the inner node

  bool succeeded() const { return refusal.empty() && errors.empty(); }
};

/// All that a node may do. One object serves one execution, or one call of a hook.
/// Thread rule: the thread that steps the run. Every awaited function may throw `Cancelled` after a stop.
class NodeContext : public NodeCall {
 public:
  /// The live parameter (rule 10: pushes of others change it while the node runs); None when there is none.
  virtual const Value& parameter(std::string_view port) const = 0;
  virtual void set_parameter(std::string_view port, Value value) = 0;
  /// True when the file holds a value for that parameter, or a data wire feeds it.
  virtual bool is_saved(std::string_view port) const = 0;
  virtual bool is_input_wired(std::string_view port) const = 0;
  /// Names of the instance's declared data inputs, in port order, dynamic ones included.
  virtual std::vector<std::string_view> input_ports() const = 0;

  /// A push (rule 15); returns when everything that it sets off has ended. Of true on an exec output: firing.
  virtual Task<void> set_output(std::string_view port, Value value) = 0;
  Task<void> fire(std::string_view port) { return set_output(port, Value(true)); }
  /// A push beside others that this execution is waiting for: on a chain of its own, which starts at once.
  /// `done` is called when all that it sets off has ended. The execution does not end before.
  virtual void set_output_beside(std::string port, Value value, std::function<void()> done) = 0;

  /// Runs the data-only sources of an input and takes their values (rule 27).
  virtual Task<void> pull_input(std::string_view port) = 0;

  /// Suspends for that long; other chains go on. Zero or less yields once.
  virtual Task<void> sleep(Duration duration) = 0;

  /// Suspends until the operation is done, or abandons it when the run is stopped.
  virtual Task<void> wait_for(ExternalOperation operation) = 0;

  /// Runs `work` on a worker thread and suspends until it has ended. After a stop it is left to end by
  /// itself, so it must own all that it touches.
  virtual Task<void> run_blocking(std::function<void()> work) = 0;

  /// An error log that tells of a failure which others have reported, and which is handled or makes this node
  /// fail: it does not count as one more (engine rule 22).
  virtual void forward_error(std::string message) { log_error(std::move(message)); }

  /// Runs a workflow document as a group of this node (rule 29). `injected`: values of the inner `group_in`
  /// nodes, by port name.
  virtual Task<GroupOutcome> run_group(const Value& document, const Dict& injected) = 0;

  /// Executes the body of this node, a map, for each of the items (rules 44 to 46).
  virtual Task<MapOutcome> run_map(const MapRequest& request) = 0;

  /// Reports a failure of this execution that the node itself hands on, by a wired `exec_fail`: it counts as
  /// executed, ends as failed, and its failure is none of the run's (rule 23).
  virtual void handle_failure(const NodeFailure& failure) = 0;
  /// A wire leaves that output, or who started the run asked for its value.
  virtual bool is_output_wanted(std::string_view port) const = 0;

  virtual HttpClient& http() = 0;

  /// A file that is the work of this execution; relative to the run's working directory. Told before it
  /// fires.
  virtual void declare_file(std::string /*path*/) {}

  // For the run's journal, of what a runtime's code does (journal rules 6 to 8); as it happens. Nothing
  // happens where the execution is not recorded.

  /// It is the first time that it reads that variable.
  virtual void note_read(const Value& /*name*/) {}
  /// The same of all variables but those.
  virtual void note_all_read(const std::vector<Value>& /*except*/) {}
  /// It leaves behind more than records tell.
  virtual void note_stateful(std::string_view /*what*/) {}
  virtual void note_modules(const std::vector<UsersModule>& /*modules*/) {}
  /// It is about to push for the last time, and does nothing behind that but to return this table.
  virtual void note_last(Outputs /*returned*/) {}

  // Limits and retries (engine rules 35 to 38).

  /// Which try of this execution it is, from 1.
  virtual int try_number() const { return 1; }
  /// It had begun in an earlier attempt, and begins once more (journal rule 15).
  virtual bool is_repeated() const { return false; }
  /// The execution will be tried again if it fails with that: nothing of it is to be pushed.
  virtual bool is_to_be_repeated(const NodeFailure&) const { return false; }
  /// The limit for which this execution was told to give way, if it was: who asks goes on from there, without
  /// limits.
  virtual std::optional<NodeFailure> take_expiry() { return std::nullopt; }
  /// The node's code waits for its turn at something, until `end_wait`: its own time stands still.
  virtual void begin_wait(WaitFor, std::string /*detail*/ = {}) {}
  virtual void end_wait() {}
  /// The execution's own time is limited.
  virtual bool is_timed() const { return false; }
  /// Something that is none of the node's holds up its code, until `resume_time`: its own time stands still,
  /// and nothing is told of it.
  virtual void pause_time() {}
  virtual void resume_time() {}

  /// Goes to the end of the run's ready queue.
  class Yield {
   public:
    explicit Yield(NodeContext& node) : node_(node) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) {
      node_.enqueue(*self.promise().trampoline, self);
    }
    void await_resume() const { node_.throw_if_stopped(); }

   private:
    NodeContext& node_;
  };
  Yield yield() { return Yield(*this); }

 protected:
  virtual void enqueue(Trampoline& trampoline, std::coroutine_handle<> coroutine) = 0;
  virtual void throw_if_stopped() const = 0;
};

}  // namespace vnode
