#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// A Python interpreter that can host nodes.
struct Interpreter {
  std::string path;  ///< absolute; links are kept, since virtual environments are found by the link's path
  bool skips_site = false;  ///< a plain python: its `site` runs on first need (protocol.md)
  /// Of a launcher, that is, a script that starts what nobody knows yet: what its choice depends on. Empty
  /// for all others. The host that it starts tells what it has chosen.
  std::string launcher_key = {};

  bool operator==(const Interpreter&) const = default;
};

/// Finds the executable for a name ("python3", "mayapy": on the PATH) or path. Launchers that are scripts
/// (pyenv's shims) are replaced by what they start, once that is known (launcher.h). A script that is itself
/// an interpreter (mayapy, hython) is used as it is. Starts nothing. Errors: kNotFound with where was looked;
/// kUnavailable for what is there but cannot be started.
Result<Interpreter> find_interpreter(std::string_view name_or_path);

/// To be told what a host that was started with it has called its executable.
void remember_interpreter(const Interpreter& interpreter, const std::string& executable);

/// Which interpreter a definition runs in: its own "interpreter", else `configured` (flag or configuration
/// file), else the environment's VNODE_PYTHON, else "python3".
std::string choose_interpreter(std::string_view of_definition, std::string_view configured);

}  // namespace vnode
