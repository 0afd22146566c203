#include "base/run_status.h"

namespace vnode {
namespace {

/// In the order of the enumeration.
constexpr std::array<std::string_view, 8> kStatusWords = {"pending",   "running", "completed",   "failed",
                                                          "cancelled", "timeout", "interrupted", "invalid"};

}  // namespace

std::string_view word(RunStatus status) { return kStatusWords.at(static_cast<std::size_t>(status)); }

std::optional<RunStatus> parse_run_status(std::string_view word) {
  for (std::size_t i = 0; i < kStatusWords.size(); ++i) {
    if (kStatusWords[i] == word) return static_cast<RunStatus>(i);
  }
  return std::nullopt;
}

std::vector<std::string> words(std::span<const RunStatus> statuses) {
  std::vector<std::string> all;
  for (const RunStatus status : statuses) all.emplace_back(word(status));
  return all;
}

RunStatus status_of(StopReason reason) {
  switch (reason) {
    case StopReason::kTimeout:
      return RunStatus::kTimeout;
    case StopReason::kFailFast:
    case StopReason::kOutputFailed:
      return RunStatus::kFailed;
    case StopReason::kShutdown:
      return RunStatus::kInterrupted;
    case StopReason::kNone:
    case StopReason::kCancel:
    case StopReason::kTerminate:
      break;
  }
  return RunStatus::kCancelled;
}

ExitCode exit_code_of(RunStatus status, StopReason reason) {
  switch (status) {
    case RunStatus::kCompleted:
      return kExitSuccess;
    case RunStatus::kFailed:
      return reason == StopReason::kOutputFailed ? kExitOutputFailed : kExitNodeFailed;
    case RunStatus::kCancelled:
      return reason == StopReason::kTerminate ? kExitTerminated : kExitCancelled;
    case RunStatus::kTimeout:
      return kExitTimeout;
    case RunStatus::kInterrupted:
      return kExitInterrupted;
    case RunStatus::kInvalid:
      return kExitInvalid;
    case RunStatus::kPending:
    case RunStatus::kRunning:
      break;
  }
  return kExitInternal;
}

std::string_view sentence_of(RunStatus status) {
  switch (status) {
    case RunStatus::kTimeout:
      return "the run's timeout ended it";
    case RunStatus::kInterrupted:
      return "the daemon was shut down";
    case RunStatus::kInvalid:
      return "the workflow is not valid";
    default:
      return "";
  }
}

}  // namespace vnode
