#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace vnode {

/// What a service manager (systemd) has to do with this process: telling it how the daemon does (sd_notify),
/// and sockets that it has opened (activation). Without one everything is empty and nothing is done.
class ServiceManager {
 public:
  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, LISTEN_FDS and LISTEN_PID, and takes them out of the
  /// environment, so that children do not believe they are meant. To be called before there are threads.
  static ServiceManager take_from_environment();

  /// Sends a message: "READY=1". Whoever does not listen is not told. Any thread.
  void notify(std::string_view message) const;
  bool is_there() const { return !notify_socket_.empty(); }

  /// How often it wants to hear "WATCHDOG=1"; zero: never.
  Duration watchdog() const { return watchdog_; }
  /// Listening sockets, close-on-exec by now; the caller's to close.
  const std::vector<int>& sockets() const { return sockets_; }

 private:
  std::string notify_socket_;
  Duration watchdog_{};
  std::vector<int> sockets_;
};

}  // namespace vnode
