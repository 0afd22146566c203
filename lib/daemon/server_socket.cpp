#include "daemon/server_socket.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "async/sockets.h"
#include "base/private_folder.h"

namespace vnode {

Result<OwnedFd> open_server_socket(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (Result<void> made = make_private_folder(folder.empty() ? "." : folder); !made) return made.error();
  struct stat status = {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) {
      return Error{ErrorCode::kIo, "is in the way: it is no socket, and is left alone", {.file = path}};
    }
    Result<OwnedFd> probe = connect_unix(path);
    if (probe) {
      return Error{ErrorCode::kUnavailable, "another daemon is already listening here", {.file = path}};
    }
    // Nobody listens: left behind by a daemon that was killed. Any other reason leaves it alone.
    if (probe.error().code != ErrorCode::kUnavailable) return probe.error();
    ::unlink(path.c_str());
  }
  return listen_unix(path);
}

}  // namespace vnode
