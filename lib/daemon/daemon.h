#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "daemon/settings.h"
#include "registry/registry.h"

namespace vnode {

/// What the daemon says of itself (not of runs): for a log. Thread rule: any thread.
class DaemonLog {
 public:
  virtual ~DaemonLog() = default;
  virtual void error(std::string_view message) = 0;
  virtual void warning(std::string_view message) = 0;
  virtual void info(std::string_view message) = 0;
};

/// What it needs from the program around it. Everything must outlive the daemon; functions are called on
/// threads of the daemon, never two of one at a time.
struct DaemonServices {
  const Clock& clock;
  DaemonLog& log;
  /// Reads the definitions: of those that no longer load `last` has the good version (null at first).
  std::function<Registry(const Registry* last)> load_nodes;
  /// Reads the configuration again, for a reload; null: there is nothing to read.
  std::function<Result<DaemonSettings>()> load_settings = {};
  /// Tells a service manager: "READY=1", "STOPPING=1", "STATUS=..."; null: there is none.
  std::function<void(std::string_view)> notify = {};
  /// How often the manager wants a sign of life; zero: never.
  Duration watchdog = {};
  /// Sockets that were passed in (activation), instead of binding `settings.socket`.
  std::vector<int> inherited_sockets = {};
};

/// What a program would learn by signals, injected (rule 13).
enum class DaemonSignal {
  kTerminate,  ///< stop accepting, let runs end for the grace period, then interrupt them; the second time:
               ///< now
  kReload,     ///< configuration and node definitions
};

/// The daemon (tasks and daemon, rules 8 to 17) as a library: a program makes one and runs it; tests run it
/// in-process.
///
/// Start order: state directory, lock, store, what was left running, socket. Shutdown order: no new clients
/// or runs, runs end or are interrupted, everything is stored, waiting clients are answered, sockets close.
/// Thread rule: `start` and `run` on one thread; `signal` from any.
class Daemon {
 public:
  /// Errors: kUsage (a path that is too long), kUnavailable with "already" in words (another daemon has the
  /// directory or the socket), those of `RunStore::open`, kIo.
  static Result<std::unique_ptr<Daemon>> start(DaemonSettings settings, DaemonServices services);
  Daemon(const Daemon&) = delete;
  ~Daemon();

  /// Serves until it has been shut down. An error: it could not go on, or not everything could be stored.
  Result<void> run();

  void signal(DaemonSignal signal);

  /// Once `run` has returned: runs did not end in time, and their threads still use what the daemon was
  /// given. The program ends without taking that apart.
  bool leaves_threads() const;

  /// Where it really listens, whoever has chosen that; empty: nowhere.
  std::string socket() const;
  std::string tcp_address() const;
  std::string metrics_address() const;

 private:
  class Impl;
  explicit Daemon(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vnode
