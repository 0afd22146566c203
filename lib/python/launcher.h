#pragma once

#include <string>

#include "base/error.h"

namespace vnode {

/// The interpreter that a launcher (a script such as pyenv's shims) starts in the current directory. The
/// launcher is asked, which costs far more than a whole run; the answer is kept in
/// `$XDG_CACHE_HOME/vnode/interpreters/` as long as launcher, directory and version settings stay the same.
/// `launcher`: absolute path. Errors: kUnavailable with what the launcher said.
Result<std::string> interpreter_of_launcher(const std::string& launcher);

}  // namespace vnode
