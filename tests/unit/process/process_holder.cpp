// A program with a run of its own: starts each argument as a shell script, which gets this program's
// descriptor 3, says "ready", and waits for its end of input or to be killed.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "process/child_environment.h"
#include "process/run_processes.h"

int main(int count, char** words) {
  vnode::FdWatcher watcher;
  vnode::RunProcesses processes(watcher, std::chrono::milliseconds(std::atoi(words[1])));
  for (int i = 2; i < count; ++i) {
    vnode::ProcessStart start{
        .words = {"sh", "-c", words[i]},
        .environment = vnode::child_environment(vnode::own_variables(), {.run_id = "held"})};
    for (const int descriptor : {1, 2, 3}) {
      start.outputs.emplace_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, 10));
    }
    if (!processes.start(std::move(start), [](const vnode::ProcessEnd&) {})) return 1;
  }
  char byte;
  while (::read(0, &byte, 1) > 0) continue;
  return 0;
}
