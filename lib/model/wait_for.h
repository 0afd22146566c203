#pragma once

#include <cstdint>

namespace vnode {

/// What a node waits for before its code goes on.
enum class WaitFor : std::uint8_t {
  kSlot,      ///< its turn among the processes and blocking nodes of the run (`-j`)
  kResource,  ///< something that there is only so much of
  kRetry,     ///< the time before another try
};

}  // namespace vnode
