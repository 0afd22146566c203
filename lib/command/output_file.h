#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// A file that gets all that the process of one execution writes, whatever the limits of logs. Thread rule:
/// one thread at a time.
class OutputFile {
 public:
  /// Makes the folder, too. Only this user can read the file. Errors: kIo.
  static Result<std::unique_ptr<OutputFile>> create(const std::string& folder, const std::string& name);

  void add(std::string_view text);
  /// Why it does not have everything; empty when it does.
  const std::string& failure() const { return failure_; }

 private:
  OutputFile(std::string path, OwnedFd file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  OwnedFd file_;
  std::string failure_;
};

}  // namespace vnode
