#pragma once

#include <string>

namespace vnode {

/// What a launcher (a script such as pyenv's shims) starts. To go through it each time costs far more than a
/// whole run, so what it has started once is kept in `$XDG_CACHE_HOME/vnode/interpreters/`, as long as all
/// that its choice depends on stays the same: itself, the current directory, version settings.
/// `launcher`: absolute path.

/// All of that, as text.
std::string launcher_key(const std::string& launcher);
/// Empty when that is not known, or is no program any more.
std::string interpreter_of_launcher(const std::string& launcher, const std::string& key);
/// Does nothing when it is no program, or there is no place to keep it.
void remember_interpreter_of_launcher(const std::string& launcher, const std::string& key,
                                      const std::string& interpreter);

}  // namespace vnode
