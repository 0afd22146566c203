#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vnode {

/// The life of a task (tasks and daemon, rule 2): pending, running, then one of the others, once.
enum class TaskStatus : std::uint8_t {
  kPending,
  kRunning,
  kCompleted,
  kFailed,
  kCancelled,
  kTimeout,
  kInterrupted,  ///< its daemon or machine went away
};

/// "pending", "running", ...: the same word in the table, the protocol and the store.
std::string_view word(TaskStatus status);
std::optional<TaskStatus> parse_task_status(std::string_view word);
inline bool is_ended(TaskStatus status) { return status > TaskStatus::kRunning; }

/// Why a task that is running is asked to end.
enum class TaskStop : std::uint8_t { kNone, kCancel, kTimeout, kShutdown };

}  // namespace vnode
