#include "base/descriptor_room.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <vector>

#include "base/owned_fd.h"

namespace vnode {

bool has_descriptors(std::size_t count) {
  std::vector<OwnedFd> opened;
  while (opened.size() < count) {
    OwnedFd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!next) return false;
    opened.push_back(std::move(next));
  }
  return true;
}

std::string no_descriptors_text() {
  rlimit limit{};
  const bool is_known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
  return "there are no file descriptors left" +
         (is_known ? " (the limit is " + std::to_string(limit.rlim_cur) + "; 'ulimit -n' raises it)" : "");
}

}  // namespace vnode
