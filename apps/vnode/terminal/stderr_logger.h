#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace vnode {

enum class LogSeverity { kDebug, kInfo, kWarning, kError };

/// Lines with a severity on standard error, in colour on a terminal that wants it. Control characters in
/// messages, which quote file names and texts of clients, are made harmless. A stream that fails loses lines,
/// never the program. This is the only place that knows the library that formats them (spdlog). Thread rule:
/// any thread.
class StderrLogger {
 public:
  /// `pattern`: %l the severity, %v the message, %^ and %$ around what is coloured, %Y-%m-%dT%H:%M:%S.%e%z
  /// the time.
  explicit StderrLogger(const std::string& pattern);
  ~StderrLogger();

  void write(LogSeverity severity, std::string_view message);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace vnode
