#include "python/process/host_start.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "process/child_environment.h"

namespace vnode {
namespace {

// The host's numbers, by the order in which descriptors are passed.
constexpr const char* kChannel = "3";
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

/// Ours, and theirs in the order of their numbers.
Result<HostConnection> connect(std::vector<OwnedFd>& theirs) {
  HostConnection ours;
  std::array<int, 2> pair{};
  for (OwnedFd* reader : {&ours.output, &ours.errors}) {
    if (::pipe2(pair.data(), O_CLOEXEC) != 0) return io_error("pipe", errno);
    *reader = OwnedFd(pair[0]);
    theirs.emplace_back(pair[1]);
  }
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return io_error("socketpair", errno);
  ours.channel = OwnedFd(pair[0]);
  theirs.emplace_back(pair[1]);
  // Our ends only: the host may block.
  for (const OwnedFd* end : {&ours.channel, &ours.output, &ours.errors}) {
    ::fcntl(end->get(), F_SETFL, O_NONBLOCK);
  }
  return ours;
}

}  // namespace

Result<HostStart> make_host_start(const Interpreter& interpreter, Duration grace,
                                  const HostProgram& program) {
  HostStart host;
  ProcessStart& start = host.process;
  Result<HostConnection> connection = connect(start.outputs);
  if (!connection) return connection.error();
  host.connection = std::move(*connection);
  start.words = {interpreter.path};
  if (interpreter.skips_site) start.words.emplace_back("-S");
  const Result<std::string> folder = install_host_program(program);
  if (folder) {
    start.words.insert(start.words.end(), {"-c", kBootFromFolder, *folder});
  } else {
    Result<OwnedFd> file = program_in_memory(program);
    if (!file) return file.error();
    start.outputs.push_back(std::move(*file));
    start.words.insert(start.words.end(), {"-c", kBootFromDescriptor, kProgram});
  }
  start.words.insert(start.words.end(), {"serve", kChannel});
  start.environment = child_environment(own_variables());
  start.grace = grace;
  start.is_spared = true;
  return host;
}

}  // namespace vnode
