#pragma once

#include <string>
#include <string_view>

#include "apps/vnode/terminal/diagnostics.h"
#include "base/owned_fd.h"
#include "base/run_status.h"

namespace vnode {

/// A document that a command makes, in a file (--to) or, of an empty name or "-", on standard output. The
/// first failure is kept, and told at the end; what is written after it is dropped.
class DocumentOutput {
 public:
  explicit DocumentOutput(std::string path) : path_(std::move(path)) {}

  /// kExitOutputFailed, and told, when the file cannot be opened.
  ExitCode open(Diagnostics& diagnostics);
  void write(std::string_view text);
  ExitCode close(Diagnostics& diagnostics);

 private:
  bool is_stdout() const { return path_.empty() || path_ == "-"; }

  std::string path_;
  OwnedFd file_;
  int failure_ = 0;
};

}  // namespace vnode
