#include "process/supervisor_program.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "base/write_all.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U  // Linux 6.3; older ones execute without it
#endif

extern "C" {
// supervisor_image.cpp, made by the build
extern const char vnode_supervisor_begin[];
extern const char vnode_supervisor_end[];
}

namespace vnode {
namespace {

constexpr std::array kFolders{"/tmp", "/var/tmp", "/dev/shm"};

OwnedFd file_in_memory() {
  int file = ::memfd_create("vnode-supervisor", MFD_CLOEXEC | MFD_EXEC);
  if (file < 0 && errno == EINVAL) file = ::memfd_create("vnode-supervisor", MFD_CLOEXEC);
  OwnedFd owned(file);
  return owned && write_all(owned.get(), supervisor_program()) == 0 ? std::move(owned) : OwnedFd();
}

}  // namespace

std::string_view supervisor_program() {
  return {vnode_supervisor_begin, static_cast<std::size_t>(vnode_supervisor_end - vnode_supervisor_begin)};
}

OwnedFd supervisor_file_in(const std::string& folder) {
  std::string path = folder + "/vnode-supervisor-XXXXXX";
  const OwnedFd written(::mkostemp(path.data(), O_CLOEXEC));
  if (!written) return {};
  OwnedFd file;
  if (::fchmod(written.get(), 0500) == 0 && write_all(written.get(), supervisor_program()) == 0 &&
      ::access(path.c_str(), X_OK) == 0) {
    // Again, for reading: what somebody can write to is not executed.
    file = OwnedFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  ::unlink(path.c_str());
  return file;
}

Result<OwnedFd> supervisor_file() {
  OwnedFd file = file_in_memory();
  if (file && ::access(("/proc/self/fd/" + std::to_string(file.get())).c_str(), X_OK) == 0) return file;
  const int error = errno;
  for (const char* folder : kFolders) {
    if (OwnedFd other = supervisor_file_in(folder)) return other;
  }
  return io_error("cannot make the supervisor's program", error);
}

}  // namespace vnode
