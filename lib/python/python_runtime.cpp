#include "python/python_runtime.h"

#include "python/python_session.h"

namespace vnode {

std::unique_ptr<RuntimeSession> PythonRuntime::open(RunLink& run) {
  return std::make_unique<PythonSession>(*this, run);
}

Result<std::unique_ptr<HostProcess>> PythonRuntime::start_host(const std::string& interpreter) {
  const Result<Interpreter> found = find_interpreter(interpreter);
  if (!found) return found.error();
  const auto start = [&] { return HostProcess::start(*found, watcher_, settings_.grace); };
  const std::lock_guard lock(mutex_);
  std::erase_if(retired_, [](const auto& host) { return host->is_over(); });
  std::unique_ptr<HostProcess> host = take_spare(interpreter, *found);
  if (!host) {
    Result<std::unique_ptr<HostProcess>> started = start();
    if (!started) return started;
    host = std::move(*started);
  }
  if (settings_.keeps_spare_host) {
    // Without one the next run starts its own, and reports what is wrong.
    if (Result<std::unique_ptr<HostProcess>> spare = start()) spares_[interpreter] = std::move(*spare);
  }
  return host;
}

/// With the lock. Null if there is none that can be used.
std::unique_ptr<HostProcess> PythonRuntime::take_spare(const std::string& name,
                                                       const Interpreter& interpreter) {
  std::unique_ptr<HostProcess> spare = std::exchange(spares_[name], nullptr);
  if (!spare) return nullptr;
  // Somebody may have ended it, or put another interpreter in the place of that name.
  if (!spare->exit() && spare->interpreter() == interpreter) return spare;
  spare->end();
  retired_.push_back(std::move(spare));
  return nullptr;
}

void PythonRuntime::retire(std::unique_ptr<HostProcess> host) {
  host->set_listener(nullptr);
  host->end();
  const std::lock_guard lock(mutex_);
  retired_.push_back(std::move(host));
}

}  // namespace vnode
