#pragma once

#include <string>
#include <string_view>

/// Paths as text, by the rules of Python's PurePosixPath. Nothing here looks at the file system.
namespace vnode {

/// Without `.` components, doubled and trailing slashes; `..` stays, and so do exactly two leading slashes.
/// "." for the current folder.
std::string normalise_path(std::string_view path);

/// `name` inside the normalised path `folder`; `name` itself when that is absolute or the folder is ".".
std::string join_path(std::string_view folder, std::string_view name);

struct PathParts {
  std::string folder;
  std::string name;
  std::string stem;
  std::string suffix;  ///< with its dot: ".gz" of "a.tar.gz"
};

PathParts split_path(std::string_view path);

}  // namespace vnode
