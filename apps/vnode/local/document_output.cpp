#include "apps/vnode/local/document_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal.h"
#include "base/write_all.h"

namespace vnode {

ExitCode DocumentOutput::open(Diagnostics& diagnostics) {
  if (is_stdout()) return kExitSuccess;
  constexpr mode_t kMode = 0666;  // for others to look at, as far as the umask lets them
  file_ = OwnedFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (file_.get() >= 0) return kExitSuccess;
  return report_output_failure(path_, std::generic_category().message(errno), diagnostics);
}

void DocumentOutput::write(std::string_view text) {
  if (failure_ != 0 || text.empty()) return;
  failure_ = is_stdout() ? write_to_stdout(text) : write_all(file_.get(), text);
}

ExitCode DocumentOutput::close(Diagnostics& diagnostics) {
  if (!is_stdout() && file_.get() >= 0) {
    // Some file systems tell only now that the disk is full.
    const int fd = file_.release();
    if (::close(fd) != 0 && failure_ == 0 && errno != EINTR) failure_ = errno;
  }
  if (failure_ == 0) return kExitSuccess;
  return report_output_failure(is_stdout() ? "standard output" : path_,
                               std::generic_category().message(failure_), diagnostics);
}

}  // namespace vnode
