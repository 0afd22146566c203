#include "python/supervisor_start.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

namespace vnode {
namespace {

// The child's numbers, by the order in which descriptors are passed.
constexpr const char* kControl = "3";
constexpr const char* kProgram = "4";

// The working directory is no place for modules of the host program: a json.py there would be taken for
// Python's own. PYTHONDONTWRITEBYTECODE, common in containers, is for folders of the user's: without the
// compiled form every start takes five times as long.
constexpr const char* kBootFromFolder =
    "import sys\n"
    "sys.path[:] = [sys.argv[1]] + [p for p in sys.path if p]\n"
    "setting, sys.dont_write_bytecode = sys.dont_write_bytecode, False\n"
    "import vnode_host\n"
    "sys.dont_write_bytecode = setting\n"
    "vnode_host.main()\n";

constexpr const char* kBootFromDescriptor =
    "import sys\n"
    "sys.path[:] = [p for p in sys.path if p]\n"
    "host = sys.modules['vnode_host'] = type(sys)('vnode_host')\n"
    "with open(int(sys.argv[1]), 'rb') as file: text = file.read()\n"
    "exec(compile(text, 'vnode_host.py', 'exec'), host.__dict__)\n"
    "host.main()\n";

Result<OwnedFd> program_in_memory(const HostProgram& program) {
  OwnedFd file(::memfd_create("vnode_host", MFD_CLOEXEC));
  if (!file) return io_error("memfd_create", errno);
  std::string_view rest = program.text;
  while (!rest.empty()) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written < 0 && errno != EINTR) return io_error("memfd", errno);
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<std::string> command_line(const Interpreter& interpreter, const char* boot,
                                      const std::string& directory) {
  std::vector<std::string> command{interpreter.path};
  if (interpreter.skips_site) command.push_back("-S");
  command.insert(command.end(), {"-c", boot, directory, "supervise", kControl});
  return command;
}

}  // namespace

Result<StartedSupervisor> start_supervisor(const Interpreter& interpreter, const HostProgram& program) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return io_error("socketpair", errno);
  OwnedFd control(ends[0]), far_control(ends[1]);
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("pipe", errno);
  OwnedFd errors(ends[0]), far_errors(ends[1]);
  ::fcntl(control.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(errors.get(), F_SETFL, O_NONBLOCK);

  // Nothing that it prints belongs into vnode's own output.
  std::vector<int> passed{far_errors.get(), far_errors.get(), far_control.get()};
  std::vector<std::string> command;
  OwnedFd in_memory;
  if (Result<std::string> folder = install_host_program(program)) {
    command = command_line(interpreter, kBootFromFolder, *folder);
  } else {
    Result<OwnedFd> file = program_in_memory(program);
    if (!file) return file.error();
    in_memory = std::move(*file);
    passed.push_back(in_memory.get());
    command = command_line(interpreter, kBootFromDescriptor, kProgram);
  }
  Result<ChildProcess> process = ChildProcess::start(command, passed);
  if (!process) return process.error();
  return StartedSupervisor{std::move(*process), std::move(control), std::move(errors)};
}

}  // namespace vnode
