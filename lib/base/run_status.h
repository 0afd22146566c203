#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The one vocabulary of how runs, and tasks of every other kind, stand and end: engine, task table, store,
/// daemon and clients use these words, numbers and sentences, and none of their own.
namespace vnode {

/// The life of a run (tasks and daemon, rule 2): pending, running, then one of the others, once.
enum class RunStatus : std::uint8_t {
  kPending,
  kRunning,
  kCompleted,
  kFailed,
  kCancelled,
  kTimeout,
  kInterrupted,  ///< its daemon or machine went away
  kInvalid,      ///< the workflow was refused; in events only: a table has it as failed
};

/// Those of a table, in the order of the enumeration.
inline constexpr std::array kTableStatuses = {
    RunStatus::kPending,   RunStatus::kRunning, RunStatus::kCompleted,  RunStatus::kFailed,
    RunStatus::kCancelled, RunStatus::kTimeout, RunStatus::kInterrupted};

inline constexpr std::span<const RunStatus> kActiveStatuses = std::span(kTableStatuses).first<2>();
inline constexpr std::span<const RunStatus> kEndedStatuses = std::span(kTableStatuses).subspan<2>();

/// "pending", "running", ...: the same word in the table, the protocol, the store and the event stream.
std::string_view word(RunStatus status);
std::optional<RunStatus> parse_run_status(std::string_view word);
std::vector<std::string> words(std::span<const RunStatus> statuses);

constexpr bool is_ended(RunStatus status) { return status > RunStatus::kRunning; }
/// What retries are for; neither cancelled nor interrupted, nor invalid: that would be refused again.
constexpr bool is_failure(RunStatus status) {
  return status == RunStatus::kFailed || status == RunStatus::kTimeout;
}
/// How a table has it.
constexpr RunStatus table_status(RunStatus status) {
  return status == RunStatus::kInvalid ? RunStatus::kFailed : status;
}

/// Why what is running is asked to end.
enum class StopReason : std::uint8_t {
  kNone,
  kCancel,
  kTerminate,
  kTimeout,
  kFailFast,
  kOutputFailed,  ///< what it has to keep of itself cannot be written: it has failed
  kShutdown,      ///< the daemon ends: the run is interrupted, and may be run again
};

/// How what was stopped so has ended; `kNone`: it has given up by itself.
RunStatus status_of(StopReason reason);

/// Every exit code of the program (cli.md). A run's own code is one of these.
enum ExitCode : int {
  kExitSuccess = 0,
  kExitNodeFailed = 1,  ///< a node failed or was skipped
  kExitUsage = 2,       ///< wrong usage
  kExitInvalid = 3,     ///< the workflow is missing, unreadable or invalid; nothing ran
  kExitNoDaemon = 4,
  kExitInterrupted = 5,
  kExitOutputFailed = 6,  ///< the output could not be written (not: its reader went away)
  kExitTimeout = 124,
  kExitInternal = 125,  ///< a bug in vnode itself
  kExitCancelled = 130,
  kExitTerminated = 143,
};

/// Of a run that has ended so.
ExitCode exit_code_of(RunStatus status, StopReason reason = StopReason::kNone);

/// The sentence for people, where the run has none of its own (an error of a node); empty where the status
/// says it all.
std::string_view sentence_of(RunStatus status);

}  // namespace vnode
