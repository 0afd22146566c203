#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/uuid.h"
#include "model/log_level.h"
#include "model/port_value.h"
#include "model/problem.h"

/// The events of a run, version 1 of the stream (events.md). Plain structs; every view and span in them is
/// valid only while the sink is being called.
namespace vnode {

inline constexpr std::string_view kEventSchema = "vnode.event/1";

/// The node an event concerns.
struct NodeRef {
  Uuid instance_id;
  std::string_view node_type;       ///< the file's `node_id`
  std::span<const Uuid> path = {};  ///< enclosing group instances, outermost first
};

enum class StartReason : std::uint8_t { kStart, kExec, kPull, kInit, kLayer };
enum class NodeStatus : std::uint8_t { kSuccess, kFailed, kSkipped, kCancelled, kTimeout };
enum class RunMode : std::uint8_t { kFlow, kDataFlow };
enum class RunStatus : std::uint8_t { kCompleted, kFailed, kCancelled, kTimeout, kInterrupted, kInvalid };

// The words of the stream for them.
std::string_view word(StartReason reason);
std::string_view word(NodeStatus status);
std::string_view word(RunMode mode);
std::string_view word(RunStatus status);

struct ExecutionStarted {
  std::string_view path;  ///< as given; "-" for standard input
  std::string_view name;  ///< file name without suffix
  std::size_t nodes = 0;
  std::size_t connections = 0;
  RunMode mode = RunMode::kFlow;
  int attempt = 1;
};

struct NodeStarted {
  StartReason reason = StartReason::kStart;
  std::uint64_t execution = 1;  ///< n-th time in this run
  int attempt = 1;              ///< of this execution, with retries ("try" in the stream)
};

struct NodeOutput {
  std::span<const PortValue> output;
};

struct NodeLog {
  LogLevel level = LogLevel::kInfo;
  std::string_view message;
  std::string_view stream = {};  ///< "stdout" or "stderr" for captured output, else empty
};

struct NodeError {
  std::string_view message;
  std::string_view detail = {};
  std::string_view code = {};
};

struct NodeProgress {
  std::optional<double> fraction;
  std::string_view message = {};
};

struct NodeFinished {
  NodeStatus status = NodeStatus::kSuccess;
  Duration duration{};
  std::string_view cause = {};
};

struct StreamGap {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

/// Instances by their last outcome.
struct NodeCounts {
  std::size_t executed = 0;  ///< succeeded, failed or cancelled
  std::size_t succeeded = 0;
  std::size_t failed = 0;  ///< timed out ones included
  std::size_t skipped = 0;
  std::size_t never_started = 0;
  std::size_t cancelled = 0;
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

using EventBody = std::variant<ExecutionStarted, NodeStarted, NodeOutput, NodeLog, NodeError, NodeProgress,
                               NodeFinished, StreamGap, ExecutionFinished>;

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
