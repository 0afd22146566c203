#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "async/path_watch.h"
#include "async/timer_queue.h"
#include "base/error.h"
#include "base/owned_fd.h"
#include "daemon/core.h"

namespace vnode {

class InstanceLock;
class Metrics;
class Sessions;
class TlsContext;

/// Where a daemon can be reached (rule 8): opens its sockets, says in the lock file and in the log where they
/// are, makes the file of its Unix socket again when somebody has removed it, and takes up other addresses
/// while it runs. Owner's thread.
class Listening {
 public:
  struct Parts {
    DaemonCore& core;  ///< `addresses` is kept up to date, and of `settings` those that it has taken up
    InstanceLock& lock;
    Sessions& sessions;
    Metrics& metrics;
  };
  explicit Listening(Parts parts) : parts_(parts) {}
  Listening(const Listening&) = delete;

  /// Errors: those of `open_server_socket` and `listen_tcp`.
  Result<void> open(const std::optional<TlsContext>& tls);
  /// Looks whether the socket's file is there, and makes it again; from then on whenever something happens to
  /// it, and now and then.
  void look();
  /// Other addresses for TCP and metrics, HOST:PORT or none. What cannot be used is told in the log, and
  /// stays as it was.
  void take(const std::string& listen, const std::string& metrics);
  /// No new clients; the daemon is not to be found any more.
  void close();

 private:
  using FileIdentity = std::optional<std::pair<dev_t, ino_t>>;
  /// The file of a Unix socket.
  struct SocketFile {
    std::string path;
    FileIdentity identity;
    std::uint64_t listener = 0;
    bool is_own = false;  ///< made here, so removed here
  };
  struct TcpPlace;

  static FileIdentity identity_of(const std::string& path);
  bool is_in_place() const { return file_.identity && identity_of(file_.path) == file_.identity; }
  void make_again();
  void watch();
  void inherit();
  void serve(SocketFile& file, OwnedFd listening);
  void give_up(SocketFile& file);
  void open_substitute();
  void publish();
  TcpPlace clients();
  TcpPlace metrics();
  void move(TcpPlace place, const std::string& wanted);
  Result<void> reopen(TcpPlace& place, const std::string& wanted);

  Parts parts_;
  SocketFile file_;
  SocketFile substitute_;  ///< while the other one cannot be made; without a path: there is none
  bool has_complained_ = false;
  std::uint64_t tcp_listener_ = 0;
  std::unique_ptr<PathWatch> watch_;  ///< of the socket's file; null: nobody tells of changes
  TimerQueue::Id timer_ = 0;
};

}  // namespace vnode
