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

  /// Before anything is written, so that who waits long for the document learns early that the file cannot be
  /// opened: kExitOutputFailed, and told. Otherwise the first piece opens it: what is never written destroys
  /// no file.
  ExitCode open(Diagnostics& diagnostics);
  void write(std::string_view text);
  ExitCode close(Diagnostics& diagnostics);

 private:
  void open_file();
  bool is_stdout() const { return path_.empty() || path_ == "-"; }

  std::string path_;
  OwnedFd file_;
  int failure_ = 0;
};

}  // namespace vnode
