#include "apps/vnode/local/overwritten_input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace vnode {
namespace {

constexpr std::string_view kOpenFd = "fd:";

using FileIdentity = std::pair<dev_t, ino_t>;

/// nullopt: it is no plain file, or is not there.
std::optional<FileIdentity> plain_file(const std::string& path) {
  struct stat status {};
  int failure = 0;
  if (path == "-") {
    failure = ::fstat(STDIN_FILENO, &status);
  } else if (path.starts_with(kOpenFd)) {
    int fd = -1;
    std::from_chars(path.data() + kOpenFd.size(), path.data() + path.size(), fd);
    failure = ::fstat(fd, &status);
  } else {
    failure = ::stat(path.c_str(), &status);
  }
  if (failure != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

}  // namespace

Result<void> check_overwritten_inputs(const std::vector<NamedOutput>& outputs,
                                      const std::vector<std::string>& inputs) {
  for (const NamedOutput& output : outputs) {
    const std::optional<FileIdentity> written = plain_file(output.path);
    if (!written) continue;
    for (const std::string& input : inputs) {
      if (plain_file(input) != written) continue;
      const std::string name = input == "-" ? "standard input" : "'" + input + "'";
      return usage_error(output.what + " would overwrite " + name + ", which is read; write somewhere else");
    }
  }
  return {};
}

}  // namespace vnode
