#pragma once

#include <memory>
#include <string_view>

#include "daemon/daemon.h"

namespace spdlog {
class logger;
}

namespace vnode {

/// The daemon's log, on standard error: "2026-11-21T18:00:00.123+01:00 info: ...". The journal of a service
/// manager has times of its own.
class StandardErrorLog final : public DaemonLog {
 public:
  StandardErrorLog();
  ~StandardErrorLog() override;

  void error(std::string_view message) override;
  void warning(std::string_view message) override;
  void info(std::string_view message) override;

 private:
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace vnode
