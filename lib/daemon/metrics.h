#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "async/line_socket.h"
#include "async/listener.h"
#include "daemon/core.h"
#include "store/run_row.h"

namespace vnode {

/// Counts of a daemon as Prometheus text, on an HTTP listener that serves nothing else (rule 17). Owner's
/// thread.
class Metrics {
 public:
  explicit Metrics(DaemonCore& core);
  ~Metrics();

  /// Serves that listening socket, in place of the one before.
  void listen(OwnedFd listening);
  void stop_listening();

  void on_ended(const RunRow& row);

  std::string text() const;

 private:
  struct Request;
  void accept(OwnedFd socket);
  void on_line(Request& request, const std::string& line);
  void answer(Request& request);

  DaemonCore& core_;
  std::unique_ptr<Listener> listener_;
  std::set<std::shared_ptr<Request>> requests_;
  std::map<RunStatus, std::uint64_t> ended_;  ///< by status
  double duration_sum_ = 0;
};

}  // namespace vnode
