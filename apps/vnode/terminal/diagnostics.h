#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace vnode {

enum class DiagnosticLevel { kDebug, kWarning, kError };

/// "vnode: warning: ...", with a line break behind it. What is in the message cannot move a terminal's
/// cursor.
std::string diagnostic_line(DiagnosticLevel level, std::string_view message, bool has_colour);

/// What the program itself has to say, on standard error. Not for what nodes say.
/// Thread rule: any thread, after `set_verbose`.
class Diagnostics {
 public:
  Diagnostics() = default;
  Diagnostics(const Diagnostics&) = delete;

  /// Also shows what `debug` is given.
  void set_verbose(bool verbose) { is_verbose_ = verbose; }

  void error(std::string_view message) { write(DiagnosticLevel::kError, message); }
  void warning(std::string_view message) { write(DiagnosticLevel::kWarning, message); }
  void debug(std::string_view message) {
    if (is_verbose_) write(DiagnosticLevel::kDebug, message);
  }

 private:
  void write(DiagnosticLevel level, std::string_view message);

  bool is_verbose_ = false;
  std::mutex mutex_;  ///< a line is written in one piece
};

}  // namespace vnode
