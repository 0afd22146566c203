#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "support/scratch_folder.h"

namespace vnode::test {

/// Sets a variable of the environment for a while; nullptr: takes it away.
class EnvironmentEntry {
 public:
  EnvironmentEntry(const char* name, const char* value) : name_(name) {
    if (const char* former = std::getenv(name)) {
      was_set_ = true;
      former_ = former;
    }
    set(value);
  }
  EnvironmentEntry(const char* name, const std::string& value) : EnvironmentEntry(name, value.c_str()) {}
  EnvironmentEntry(const EnvironmentEntry&) = delete;
  ~EnvironmentEntry() { set(was_set_ ? former_.c_str() : nullptr); }

  void set(const char* value) const {
    if (value) {
      ::setenv(name_, value, 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::string former_;
  bool was_set_ = false;
};

/// Reads until `fd` is at its end, or the time is over.
inline std::string read_to_end(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    pollfd entry{fd, POLLIN, 0};
    if (::poll(&entry, 1, 20'000) != 1) return text + "(no end)";
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

/// Waits for readability.
inline bool is_readable_soon(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, 20'000) == 1;
}

/// An executable file.
inline std::string write_script(const ScratchFolder& folder, const std::string& name,
                                const std::string& text) {
  const std::string path = folder.write(name, text);
  EXPECT_EQ(::chmod(path.c_str(), 0755), 0);
  return path;
}

}  // namespace vnode::test
