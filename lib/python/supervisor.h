#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "async/fd_watcher.h"
#include "base/error.h"
#include "base/owned_fd.h"
#include "python/host_program.h"
#include "python/host_table.h"
#include "python/interpreter.h"

namespace vnode {

/// This end of a new host.
struct HostConnection {
  HostNumber host = 0;
  OwnedFd channel;  ///< non-blocking
  OwnedFd output;   ///< what it writes to descriptor 1; non-blocking
  OwnedFd errors;   ///< and 2
};

/// The supervisor process of one interpreter (protocol.md, "Processes").
/// Destroying it ends all its hosts with their descendants, and waits until they are gone (bounded: a
/// second). The watcher must outlive it. Thread rule: any thread; the destructor: not the watcher's, which
/// `on_exit` may be on.
class Supervisor {
 public:
  /// Starts the process; does not wait until it is ready. Errors: kNotFound, kUnavailable, kIo.
  static Result<std::unique_ptr<Supervisor>> start(const Interpreter& interpreter, FdWatcher& watcher,
                                                   const HostProgram& program = host_program());
  Supervisor(const Supervisor&) = delete;
  ~Supervisor();

  /// `on_exit` is called once, from any thread, when the host's exit has become known; that may be before
  /// this returns. Does not wait for the host: what is sent before it runs, it will read. Errors:
  /// kUnavailable when the process has ended (see `complaint`), kIo when descriptors are used up.
  Result<HostConnection> start_host(std::function<void()> on_exit);

  void terminate_children(HostNumber host);  ///< SIGTERM to its descendants
  void interrupt(HostNumber host);           ///< SIGINT to the host itself
  void kill(HostNumber host);                ///< SIGKILL to it and all its descendants

  /// How the host ended: exit code, or minus the signal; nullopt as long as that is not known. If the
  /// supervisor itself dies, its hosts count as killed.
  std::optional<int> exit_status(HostNumber host) const;
  /// No more calls of `on_exit` for that host, and none is running (unless this is called by it); its status
  /// is forgotten.
  void forget(HostNumber host);

  /// False once the process has ended: make a new one.
  bool is_alive() const;
  /// The last few kilobytes of what it wrote to its stderr, and how it ended: why the interpreter did not
  /// start.
  std::string complaint() const;

 private:
  struct State;
  explicit Supervisor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vnode
