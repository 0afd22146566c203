#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <string>

#include "support/scratch_folder.h"

namespace vnode::test {

/// A file system of a few kilobytes, where the process may have one. It goes with the process, however that
/// ends.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& size) {
    if (::unshare(CLONE_NEWNS) != 0) return;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
    const std::string options = "size=" + size;
    is_there_ = ::mount("none", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool is_there() const { return is_there_; }
  const std::string& path() const { return folder_.path(); }
  std::string file(const std::string& name) const { return folder_.file(name); }
  bool make_read_only() {
    return ::mount("none", path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }
  /// Leaves no space.
  void fill() const {
    std::ofstream out(file("filler"), std::ios::binary);
    for (const std::size_t block : {4096U, 1U}) {
      while (out.write(std::string(block, 'x').data(), static_cast<std::streamsize>(block)).flush()) {
      }
      out.clear();
    }
  }
  void make_space() const { std::filesystem::remove(file("filler")); }

 private:
  ScratchFolder folder_;
  bool is_there_ = false;
};

/// While it lives, no file of this process grows beyond `bytes`: writing fails with EFBIG.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace vnode::test
