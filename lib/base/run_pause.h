#pragma once

#include <cstdint>

namespace vnode {

/// Whether a run is paused, and how (engine rule 41). A later one includes those before.
enum class RunPause : std::uint8_t {
  kNone,
  kHold,  ///< no node starts; what is at work goes on
  kStop,  ///< and its processes are stopped
};

}  // namespace vnode
