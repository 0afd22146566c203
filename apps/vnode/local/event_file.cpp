#include "apps/vnode/local/event_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "base/owned_fd.h"

namespace vnode {
namespace {

Error event_file_error(ErrorCode code, std::string message, const std::string& path) {
  Error error{code, std::move(message)};
  error.place.file = path == "-" ? "standard input" : path;
  return error;
}

Error read_error(const std::string& path, int number) {
  const ErrorCode code = number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnreadable;
  return event_file_error(code, "cannot read the events: " + std::generic_category().message(number), path);
}

}  // namespace

Result<StreamSummary> read_event_file(const std::string& path, EventStream& stream) {
  const bool is_stdin = path == "-";
  const OwnedFd file(is_stdin ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int fd = is_stdin ? STDIN_FILENO : file.get();
  if (fd < 0) return read_error(path, errno);
  std::vector<char> block(1024UL * 1024);
  while (true) {
    const ssize_t count = ::read(fd, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return read_error(path, errno);
    if (count == 0) break;
    stream.feed({block.data(), static_cast<std::size_t>(count)});
  }
  const StreamSummary summary = stream.finish();
  if (summary.events > 0) return summary;
  const bool is_empty = summary.bad_lines == 0;
  return event_file_error(ErrorCode::kBadDocument,
                          is_empty ? "there are no events in it"
                                   : "it is no event stream of vnode: none of its lines is an event",
                          path);
}

}  // namespace vnode
