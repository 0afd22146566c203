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
  open_file();
  return failure_ == 0 ? kExitSuccess : close(diagnostics);
}

void DocumentOutput::open_file() {
  if (is_stdout() || file_ || failure_ != 0) return;
  constexpr mode_t kMode = 0666;  // for others to look at, as far as the umask lets them
  file_ = OwnedFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (!file_) failure_ = errno;
}

void DocumentOutput::write(std::string_view text) {
  if (text.empty()) return;
  open_file();
  if (failure_ != 0) return;
  failure_ = is_stdout() ? write_to_stdout(text) : write_all(file_.get(), text);
}

ExitCode DocumentOutput::close(Diagnostics& diagnostics) {
  if (file_) {
    // Some file systems tell only now that the disk is full.
    const int fd = file_.release();
    if (::close(fd) != 0 && failure_ == 0 && errno != EINTR) failure_ = errno;
  }
  if (failure_ == 0) return kExitSuccess;
  return report_output_failure(is_stdout() ? "standard output" : path_,
                               std::generic_category().message(failure_), diagnostics);
}

}  // namespace vnode
