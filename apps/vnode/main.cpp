#include <cerrno>
#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "apps/vnode/commands/command_line.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "apps/vnode/terminal/terminal.h"
#include "base/descriptor_room.h"

int main(int argc, char** argv) {
  vnode::occupy_closed_streams();
  // A reader that goes away shows as EPIPE where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    vnode::Diagnostics diagnostics;
    return vnode::run_command_line(argc, argv, diagnostics);
  } catch (const std::bad_alloc&) {
    vnode::write_to_stderr("vnode: error: out of memory\n");
  } catch (const std::system_error& error) {
    // By number: whose category it is depends on the library that threw it.
    const bool is_short = error.code().value() == EMFILE || error.code().value() == ENFILE;
    const std::string what = is_short ? vnode::no_descriptors_text() + ": " : std::string("internal: ");
    vnode::write_to_stderr("vnode: error: " + what + error.what() + "\n");
  } catch (const std::exception& error) {
    vnode::write_to_stderr("vnode: error: internal: " + std::string(error.what()) + "\n");
  } catch (...) {
    vnode::write_to_stderr("vnode: error: internal: unknown exception\n");
  }
  return vnode::kExitInternal;
}
