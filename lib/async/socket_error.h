#pragma once

#include <cerrno>
#include <system_error>

#include "base/error.h"

namespace vnode {

/// True for what a call on a socket says when it is to be made again later.
inline bool is_later(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

inline Error io_error(int error_number) {
  return {ErrorCode::kIo, std::generic_category().message(error_number)};
}

}  // namespace vnode
