#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/owned_fd.h"

namespace vnode::test {

/// Lets the process open no further descriptors as long as it lives. All threads are concerned.
/// Where types are checked at run time by UndefinedBehaviorSanitizer the tests with it are skipped: that asks
/// a pipe of its own whether an object's memory can be read, and takes a missing one for a damaged object.
class NoDescriptors {
 public:
#ifdef __SANITIZE_ADDRESS__  // always together with the other one
  static constexpr bool kIsPossible = false;
#else
  static constexpr bool kIsPossible = true;
#endif

  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &former_);
    rlimit lower = former_;
    const OwnedFd next(::dup(0));
    lower.rlim_cur = static_cast<rlim_t>(next.get());
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &lower), 0);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &former_); }

 private:
  rlimit former_{};
};

}  // namespace vnode::test
