#include "base/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/owned_fd.h"

namespace vnode {
namespace {

Error file_mistake(const std::string& path, std::string message) {
  return usage_error(std::move(message), {.file = path});
}

Error unreadable(const std::string& path, int error_number) {
  return file_mistake(path, "cannot be read: " + std::generic_category().message(error_number));
}

}  // namespace

Result<std::string> read_private_file(const std::string& path, const std::string& what, std::size_t most) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) return file_mistake(path, "the " + what + " must be in a plain file");
  if (status.st_uid != ::geteuid())
    return file_mistake(path, "the " + what + " file belongs to another user");
  if ((status.st_mode & 077) != 0) {
    return file_mistake(path,
                        "others can read the " + what + " file; 'chmod 600 " + path + "' makes it private");
  }
  std::string content(most + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(file.get(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > most) return file_mistake(path, "the file is too large for a " + what);
  content.resize(size);
  return content;
}

}  // namespace vnode
