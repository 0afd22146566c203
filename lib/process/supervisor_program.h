#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// The program `vnode-supervisor`, which this library carries within itself: so that it is always there, and
/// always of the same build, wherever the library is and whatever an update has put beside it.
std::string_view supervisor_program();

/// That program as a file to be executed: in memory, or where the system does not execute such files, one
/// without a name in a temporary folder. Errors: kUnavailable.
Result<OwnedFd> supervisor_file();

/// The latter, in that folder; none if that is not possible.
OwnedFd supervisor_file_in(const std::string& folder);

}  // namespace vnode
