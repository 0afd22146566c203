#include "base/replace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/owned_fd.h"
#include "base/write_all.h"

namespace vnode {
namespace {

Error replacing_error(const std::string& path, int error) {
  return {ErrorCode::kIo, std::generic_category().message(error), {.file = path}};
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX";
  OwnedFd file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!file) return replacing_error(path, errno);
  int error = write_all(file.get(), bytes);
  if (::close(file.release()) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  return replacing_error(path, error);
}

}  // namespace vnode
