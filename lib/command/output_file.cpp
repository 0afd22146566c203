#include "command/output_file.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/write_all.h"

namespace vnode {

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::string& folder, const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string path = (std::filesystem::path(folder) / name).string();
  OwnedFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return io_error("cannot write " + path, errno);
  return std::unique_ptr<OutputFile>(new OutputFile(path, std::move(file)));
}

void OutputFile::add(std::string_view text) {
  if (!failure_.empty()) return;
  if (const int error = write_all(file_.get(), text); error != 0) {
    failure_ = io_error("cannot write " + path_, error).message;
  }
}

}  // namespace vnode
