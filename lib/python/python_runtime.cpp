#include "python/python_runtime.h"

#include <cstdlib>

#include "python/python_session.h"

namespace vnode {
namespace {

/// A spare host keeps no folder of a run busy; the run that takes it says where to work.
constexpr const char* kReserve = "/";

/// Of a list of folders in the environment; an empty entry stands for the present folder.
bool has_relative_entry(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value || !*value) return false;
  const std::string list = std::string(value) + ":";
  for (std::size_t begin = 0; begin < list.size(); begin = list.find(':', begin) + 1) {
    if (list[begin] != '/') return true;
  }
  return false;
}

/// A launcher that has yet to say what it starts chooses by the folder, perhaps; and Python takes relative
/// folders for those below the one that it starts in.
bool depends_on_folder(const Interpreter& interpreter) {
  return !interpreter.launcher_key.empty() || has_relative_entry("PYTHONPATH") ||
         has_relative_entry("PYTHONHOME");
}

}  // namespace

std::unique_ptr<RuntimeSession> PythonRuntime::open(RunLink& run) {
  return std::make_unique<PythonSession>(*this, run);
}

Result<std::unique_ptr<HostProcess>> PythonRuntime::start_host(const std::string& interpreter, int held) {
  const Result<Interpreter> found = find_interpreter(interpreter);
  if (!found) return found.error();
  const auto start = [&](const std::string& directory, int descriptor) {
    return HostProcess::start(*found, watcher_, settings_.grace, host_program(), directory, descriptor);
  };
  const std::lock_guard lock(mutex_);
  std::erase_if(retired_, [](const auto& host) { return host->is_over(); });
  // A spare one holds nothing for this run.
  std::unique_ptr<HostProcess> host = held < 0 ? take_spare(interpreter, *found) : nullptr;
  if (!host) {
    Result<std::unique_ptr<HostProcess>> started = start("", held);
    if (!started) return started;
    host = std::move(*started);
  }
  if (settings_.keeps_spare_host && !depends_on_folder(*found)) {
    // Without one the next run starts its own, and reports what is wrong.
    if (Result<std::unique_ptr<HostProcess>> spare = start(kReserve, -1))
      spares_[interpreter] = std::move(*spare);
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
