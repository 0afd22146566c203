#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"

namespace vnode {

struct FileDigest {
  std::string hex;  ///< lower case
  std::uint64_t size = 0;
};

/// Reads the file once, in blocks, through OpenSSL (loaded by the first call). `algorithm`: md5, sha1,
/// sha256, sha512; case and hyphens do not count. Gives up with an error once `is_stopped()`. Blocks; any
/// thread.
Result<FileDigest> digest_file(const std::string& path, std::string_view algorithm,
                               const std::function<bool()>& is_stopped);

}  // namespace vnode
