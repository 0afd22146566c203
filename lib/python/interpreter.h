#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// A Python interpreter that can host nodes.
struct Interpreter {
  std::string path;  ///< absolute; links are kept, since virtual environments are found by the link's path
  bool skips_site = false;  ///< a plain python: its `site` runs on first need (protocol.md)

  bool operator==(const Interpreter&) const = default;
};

/// Finds the executable for a name ("python3", "mayapy": on the PATH) or path. Launchers that are scripts
/// (pyenv's shims) are replaced by what they start (launcher.h). A script that is itself an interpreter
/// (mayapy, hython) is used as it is. Errors: kNotFound with where was looked; kUnavailable for what is there
/// but cannot be started.
Result<Interpreter> find_interpreter(std::string_view name_or_path);

/// Which interpreter a definition runs in: its own "interpreter", else `configured` (flag or configuration
/// file), else the environment's VNODE_PYTHON, else "python3".
std::string choose_interpreter(std::string_view of_definition, std::string_view configured);

}  // namespace vnode
