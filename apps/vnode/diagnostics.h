#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "apps/vnode/stderr_logger.h"

namespace vnode {

/// What the program itself has to say, on standard error: "vnode: warning: ...". Not for what nodes say.
/// The logger is made by the first message. Thread rule: any thread, after `set_verbose`.
class Diagnostics {
 public:
  Diagnostics() = default;
  Diagnostics(const Diagnostics&) = delete;

  /// Also shows what `debug` is given.
  void set_verbose(bool verbose) { is_verbose_ = verbose; }

  void error(std::string_view message) { write(LogSeverity::kError, message); }
  void warning(std::string_view message) { write(LogSeverity::kWarning, message); }
  void debug(std::string_view message) {
    if (is_verbose_) write(LogSeverity::kDebug, message);
  }

 private:
  void write(LogSeverity severity, std::string_view message);

  bool is_verbose_ = false;
  std::once_flag made_;
  std::optional<StderrLogger> logger_;
};

}  // namespace vnode
