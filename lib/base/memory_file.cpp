#include "base/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "base/write_all.h"

namespace vnode {

Result<OwnedFd> memory_file(std::string_view bytes) {
  constexpr const char* kFailed = "cannot make a file in memory";
  OwnedFd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file) return io_error(kFailed, errno);
  if (const int error = write_all(file.get(), bytes); error != 0) return io_error(kFailed, error);
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return io_error(kFailed, errno);
  return file;
}

}  // namespace vnode
