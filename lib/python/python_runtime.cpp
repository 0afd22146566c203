#include "python/python_runtime.h"

#include "python/python_session.h"

namespace vnode {

std::unique_ptr<RuntimeSession> PythonRuntime::open(RunLink& run) {
  return std::make_unique<PythonSession>(*this, run);
}

/// Requires the lock.
Result<PythonRuntime::Known*> PythonRuntime::supervisor_of(const std::string& interpreter) {
  auto known = supervisors_.find(interpreter);
  if (known != supervisors_.end() && known->second.supervisor->is_alive()) return &known->second;
  Result<Interpreter> found = find_interpreter(interpreter);
  if (!found) return found.error();
  Result<std::unique_ptr<Supervisor>> started = Supervisor::start(*found, watcher_);
  if (!started) return started.error();
  Known made{std::move(*found), std::move(*started), std::nullopt};
  return &supervisors_.insert_or_assign(interpreter, std::move(made)).first->second;
}

Result<PythonRuntime::Spare> PythonRuntime::make_host(Supervisor& supervisor) {
  auto bell = std::make_shared<ExitBell>();
  Result<HostConnection> connection = supervisor.start_host([bell] {
    std::lock_guard lock(bell->mutex);
    if (bell->on_exit) bell->on_exit();
  });
  if (!connection) return connection.error();
  return Spare{std::move(*connection), std::move(bell)};
}

Error PythonRuntime::describe_ended(const Known& known) {
  const std::string complaint = known.supervisor->complaint();
  return {ErrorCode::kUnavailable, known.interpreter.path + " does not run as a Python interpreter" +
                                       (complaint.empty() ? "" : ": " + complaint)};
}

Result<PythonRuntime::NewHost> PythonRuntime::start_host(const std::string& interpreter,
                                                         std::function<void()> on_exit) {
  std::lock_guard lock(mutex_);
  Result<Known*> found = supervisor_of(interpreter);
  if (!found) return found.error();
  Known& known = **found;
  std::optional<Spare> host = std::exchange(known.spare, std::nullopt);
  if (host && known.supervisor->exit_status(host->connection.host)) host.reset();  // somebody has ended it
  if (!host) {
    Result<Spare> made = make_host(*known.supervisor);
    if (!made && !known.supervisor->is_alive()) return describe_ended(known);
    if (!made) return made.error();
    host = std::move(*made);
  }
  {
    std::lock_guard bell_lock(host->bell->mutex);
    host->bell->on_exit = std::move(on_exit);
  }
  if (settings_.keeps_spare_host) {
    // Without one the next run starts its own, and reports what is wrong.
    if (Result<Spare> spare = make_host(*known.supervisor)) known.spare = std::move(*spare);
  }
  return NewHost{known.interpreter, known.supervisor, std::move(host->connection)};
}

void PythonRuntime::warm_up(const std::string& interpreter) {
  std::lock_guard lock(mutex_);
  // What goes wrong here goes wrong again, and is reported, when a host is needed.
  (void)supervisor_of(interpreter);
}

}  // namespace vnode
