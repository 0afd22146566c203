#include <csignal>
#include <exception>
#include <new>
#include <string>

#include "apps/vnode/command_line.h"
#include "apps/vnode/diagnostics.h"
#include "apps/vnode/terminal.h"

int main(int argc, char** argv) {
  vnode::occupy_closed_streams();
  // A reader that goes away shows as EPIPE where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    vnode::Diagnostics diagnostics;
    return vnode::run_command_line(argc, argv, diagnostics);
  } catch (const std::bad_alloc&) {
    vnode::write_to_stderr("vnode: error: out of memory\n");
  } catch (const std::exception& error) {
    vnode::write_to_stderr("vnode: error: internal: " + std::string(error.what()) + "\n");
  } catch (...) {
    vnode::write_to_stderr("vnode: error: internal: unknown exception\n");
  }
  return vnode::kExitInternal;
}
