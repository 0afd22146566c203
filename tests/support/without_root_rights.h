#pragma once

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace vnode::test {

/// As long as this lives, permissions of files hold for the calling thread, also when root runs the tests.
class WithoutRootRights {
 public:
  WithoutRootRights() {
    if (::syscall(SYS_capget, &header_, former_) != 0) return;
    __user_cap_data_struct changed[2] = {former_[0], former_[1]};
    changed[0].effective &= ~((1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH));
    is_changed_ = ::syscall(SYS_capset, &header_, changed) == 0;
  }
  WithoutRootRights(const WithoutRootRights&) = delete;
  ~WithoutRootRights() {
    if (is_changed_) ::syscall(SYS_capset, &header_, former_);
  }

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct former_[2]{};
  bool is_changed_ = false;
};

}  // namespace vnode::test
