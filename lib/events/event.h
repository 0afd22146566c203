#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/run_status.h"
#include "base/uuid.h"
#include "model/log_level.h"
#include "model/port_value.h"
#include "model/problem.h"
#include "model/wait_for.h"

/// The events of a run, version 1 of the stream (events.md). Plain structs; every view and span in them is
/// valid only while the sink is being called.
namespace vnode {

inline constexpr std::string_view kEventSchema = "vnode.event/1";

/// The node an event concerns.
struct NodeRef {
  Uuid instance_id;
  std::string_view node_type;       ///< the file's `node_id`
  std::span<const Uuid> path = {};  ///< enclosing group instances, outermost first
  std::string_view name = {};       ///< how people call it (`__name__`); may be empty
  /// In bodies of parallel maps: the index of the item that each of them is at, outermost first.
  std::span<const std::int64_t> iteration = {};
};

enum class StartReason : std::uint8_t { kStart, kExec, kPull, kInit, kLayer };
enum class NodeStatus : std::uint8_t { kSuccess, kFailed, kSkipped, kCancelled, kTimeout, kRetried };
enum class RunMode : std::uint8_t { kFlow, kDataFlow };

// The words of the stream for them.
std::string_view word(StartReason reason);
std::string_view word(NodeStatus status);
std::string_view word(RunMode mode);
std::string_view word(WaitFor what);

struct ExecutionStarted {
  std::string_view path;  ///< as given; "-" for standard input
  std::string_view name;  ///< file name without suffix
  std::size_t nodes = 0;
  std::size_t connections = 0;
  RunMode mode = RunMode::kFlow;
  int attempt = 1;
};

/// No node starts from now on (engine rule 41).
struct ExecutionPaused {
  bool stops_processes = false;
};

struct ExecutionUnpaused {
  Duration duration{};  ///< of the pause
};

struct NodeStarted {
  StartReason reason = StartReason::kStart;
  std::uint64_t execution = 1;          ///< n-th time in this run
  int attempt = 1;                      ///< of this execution, with retries ("try" in the stream)
  bool is_resumed = false;              ///< it is not executed: what it did in an earlier attempt counts
  std::string_view reason_detail = {};  ///< why it is executed although there is a record of it
  bool is_cached = false;               ///< it is not executed: an equal execution counts, of any run
};

struct NodeOutput {
  std::span<const PortValue> output;
};

struct NodeLog {
  LogLevel level = LogLevel::kInfo;
  std::string_view message;
  std::string_view stream = {};  ///< "stdout" or "stderr" for captured output, else empty
  bool is_handled = false;       ///< an error that is no failure of the run (engine rule 22)
};

struct NodeError {
  std::string_view message;
  std::string_view detail = {};
  std::string_view code = {};
  bool is_handled = false;  ///< a wired `exec_fail`, or another try, goes on from it: no failure of the run
};

struct NodeProgress {
  std::optional<double> fraction;
  std::string_view message = {};
};

struct NodeWaiting {
  WaitFor what = WaitFor::kSlot;
  std::optional<Duration> time = std::nullopt;  ///< how long, where that is known
  std::string_view detail = {};                 ///< for people: what is missing
};

/// What it waited for is there, and its code goes on; behind a wait for a retry `node_started` says so.
struct NodeResumed {
  Duration waited{};
};

struct NodeFinished {
  NodeStatus status = NodeStatus::kSuccess;
  Duration duration{};
  std::string_view cause = {};
  bool is_handled = false;  ///< a failure that is none of the run's: a wired `exec_fail` goes on from it
};

struct StreamGap {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

/// Instances by their last outcome.
struct NodeCounts {
  std::size_t executed = 0;  ///< succeeded, failed (handled or not) or cancelled
  std::size_t succeeded = 0;
  std::size_t failed = 0;  ///< timed out ones included
  std::size_t skipped = 0;
  std::size_t never_started = 0;
  std::size_t cancelled = 0;
  std::size_t with_errors = 0;  ///< have logged errors, however they ended (engine rule 22)
  std::size_t handled = 0;      ///< failed, and another node goes on from there: no failure of the run
};

struct ExecutionFinished {
  RunStatus status = RunStatus::kCompleted;
  int exit_code = 0;
  Duration duration{};
  NodeCounts nodes;
  std::span<const Problem> problems = {};  ///< when invalid
  std::string_view error = {};

  bool success() const { return status == RunStatus::kCompleted; }
};

using EventBody = std::variant<ExecutionStarted, ExecutionPaused, ExecutionUnpaused, NodeStarted, NodeOutput,
                               NodeLog, NodeError, NodeProgress, NodeWaiting, NodeResumed, NodeFinished,
                               StreamGap, ExecutionFinished>;

struct Event {
  std::uint64_t seq = 0;  ///< from 1, no gaps
  WallTime time;
  std::string_view run_id;
  std::optional<NodeRef> node;
  EventBody body;
};

/// The `type` word of the stream.
std::string_view type_name(const EventBody& body);

}  // namespace vnode
