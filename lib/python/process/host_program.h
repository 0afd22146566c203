#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// A version of the Python end (protocol.md).
struct HostProgram {
  std::string_view text;
  std::string_view digest;  ///< of the text; part of a folder's name
};

/// The one that was embedded at build time, from lib/python/host/.
HostProgram host_program();

/// The folder with `vnode_host.py` in it, written there if it is not yet: a folder of its own per version of
/// the program (protocol.md), readable by this user only; the file is complete or not there at all even when
/// several processes write at once. Errors: kIo, also when others could change the file.
Result<std::string> install_host_program(const HostProgram& program);

}  // namespace vnode
