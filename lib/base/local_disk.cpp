#include "base/local_disk.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace vnode {

bool is_on_local_disk(const std::string& path) {
  constexpr std::array<std::uint32_t, 5> kNetworks = {0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546};
  struct statfs disk {};
  if (::statfs(path.c_str(), &disk) != 0) return false;
  const auto type = static_cast<std::uint32_t>(disk.f_type);
  return std::find(kNetworks.begin(), kNetworks.end(), type) == kNetworks.end();
}

}  // namespace vnode
