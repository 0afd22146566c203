#pragma once

#include <string>
#include <vector>

#include "apps/vnode/options/command_spec.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// Which runs a command is for: those with these ids, of them only those with that info; without ids all that
/// have it.
struct RunPicks {
  std::vector<std::string> ids;
  std::vector<std::string> info;  ///< KEY=VALUE

  bool are_none() const { return ids.empty() && info.empty(); }
};

/// Declares ID and --info; `picks` must live as long as `command`.
void declare_picks(CommandSpec& command, RunPicks& picks);

/// As params of a call. Errors: kUsage, of what is no KEY=VALUE.
Result<void> add_picks(const RunPicks& picks, Dict& params);

/// Of a reply: what was named, and has no run that is meant.
void tell_passed_over(const Value& reply, Diagnostics& diagnostics);

}  // namespace vnode
