#pragma once

#include <string>

#include "base/clock.h"
#include "model/value.h"

namespace vnode {

/// Everything about one run, a line a member, for people. `run` as the daemon tells it.
std::string run_text(const Value& run, WallTime now);

/// What `daemon.info` says, likewise.
std::string daemon_text(const Value& info);

}  // namespace vnode
