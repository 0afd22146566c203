#pragma once

#include <functional>
#include <string>
#include <vector>

namespace vnode {

/// What was found, in order, and what could not be read (lines for people).
struct DirectoryListing {
  std::vector<std::string> paths;
  std::vector<std::string> problems;
};

/// Every entry of a folder, hidden ones and links included, sorted by name (bytes). `folder` is normalised
/// (`normalise_path`); entries of "." are bare names. A path that does not exist is an empty folder.
/// File names that are not UTF-8 come with U+FFFD for what is not, and a problem that says so.
DirectoryListing list_folder(const std::string& folder);

/// The whole tree: of each folder first its folders, then its files, each sorted; then what is in the first
/// of its folders, and so on. Links to folders are listed with the folders and not followed. A path that is
/// no folder is an empty one. Returns early once `is_stopped()`.
DirectoryListing list_folder_tree(const std::string& folder, const std::function<bool()>& is_stopped);

}  // namespace vnode
