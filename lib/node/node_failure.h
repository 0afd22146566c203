#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace vnode {

// Codes of failures that limits and retries look at.
inline constexpr std::string_view kTimeoutFailure = "timeout";
inline constexpr std::string_view kIdleTimeoutFailure = "idle_timeout";
inline constexpr std::string_view kSignalFailure = "signal";
inline constexpr std::string_view kExitCodeFailure = "exit_code";
/// What executed it was ended for another execution's sake: it is done again, which is no try.
inline constexpr std::string_view kHostEndedFailure = "host_ended";

/// Thrown by node code to fail its node, and only there: the engine catches it at the node's boundary and
/// makes it that node's `node_error` (engine rule 21).
class NodeFailure : public std::runtime_error {
 public:
  explicit NodeFailure(const std::string& message, std::string code = "node_failed", std::string detail = {})
      : std::runtime_error(message), code_(std::move(code)), detail_(std::move(detail)) {}

  const std::string& code() const { return code_; }  ///< stable word for scripts
  int exit_code() const { return exit_code_; }       ///< of a program, when `code` is kExitCodeFailure
  void set_exit_code(int exit_code) { exit_code_ = exit_code; }
  /// A limit of the node's own time has passed.
  bool is_timeout() const { return code_ == kTimeoutFailure || code_ == kIdleTimeoutFailure; }
  const std::string& detail() const { return detail_; }  ///< traceback or more text; may be empty

 private:
  std::string code_;
  int exit_code_ = 0;
  std::string detail_;
};

/// Unwinds a chain after a stop (engine rule 24). Not derived from std::exception, so that node code that
/// catches those does not hold it up.
struct Cancelled {};

}  // namespace vnode
