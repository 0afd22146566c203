#include "command/command_runtime.h"

#include "command/command_session.h"

namespace vnode {

std::unique_ptr<RuntimeSession> CommandRuntime::open(RunLink& run) {
  return std::make_unique<CommandSession>(*this, run);
}

}  // namespace vnode
