#include "apps/vnode/terminal/forced_end.h"

#include <unistd.h>

#include <system_error>
#include <thread>

namespace vnode {

void end_at_the_latest(Duration patience, ExitCode code) {
  try {
    std::thread([patience, code] {
      std::this_thread::sleep_for(patience);
      ::_exit(code);
    }).detach();
  } catch (const std::system_error&) {
    // Without a thread nothing limits the wait, which is as likely as not to be short.
  }
}

}  // namespace vnode
