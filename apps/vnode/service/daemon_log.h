#pragma once

#include <string_view>

#include "apps/vnode/terminal/stderr_logger.h"
#include "daemon/daemon.h"

namespace vnode {

/// The daemon's log, on standard error: "2026-11-21T18:00:00.123+01:00 info: ...". The journal of a service
/// manager has times of its own.
class StandardErrorLog final : public DaemonLog {
 public:
  StandardErrorLog();

  void error(std::string_view message) override { logger_.write(LogSeverity::kError, message); }
  void warning(std::string_view message) override { logger_.write(LogSeverity::kWarning, message); }
  void info(std::string_view message) override { logger_.write(LogSeverity::kInfo, message); }

 private:
  StderrLogger logger_;
};

}  // namespace vnode
