#include "nodes/directory_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "base/text.h"
#include "nodes/file_system.h"
#include "nodes/path_text.h"

namespace vnode {
namespace {

struct Entry {
  std::string name;
  bool is_folder = false;  ///< or a link to one
  bool is_link = false;
};

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

Entry describe_entry(int folder, const dirent& found) {
  Entry entry{.name = found.d_name};
  struct stat status;
  if (found.d_type == DT_DIR) {
    entry.is_folder = true;
  } else if (found.d_type == DT_LNK || found.d_type == DT_UNKNOWN) {
    entry.is_link =
        fstatat(folder, found.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
    entry.is_folder = fstatat(folder, found.d_name, &status, 0) == 0 && S_ISDIR(status.st_mode);
  }
  return entry;
}

Result<std::vector<Entry>> read_folder(const std::string& path) {
  OpenFolder folder(opendir(path.c_str()));
  if (!folder) return system_error(errno, path);
  std::vector<Entry> entries;
  while (true) {
    errno = 0;
    const dirent* found = readdir(folder.get());
    if (!found) break;
    std::string_view name = found->d_name;
    if (name != "." && name != "..") entries.push_back(describe_entry(dirfd(folder.get()), *found));
  }
  if (errno != 0) return system_error(errno, path);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

void add_path(DirectoryListing& listing, const std::string& folder, const std::string& name) {
  std::string path = join_path(folder, name);
  if (find_invalid_utf8(path) != std::string_view::npos) {
    path = replace_invalid_utf8(path);
    listing.problems.push_back("the name of " + path + " is not UTF-8");
  }
  listing.paths.push_back(std::move(path));
}

bool is_folder(const std::string& path) {
  std::optional<struct stat> found = find_file(path);
  return found && S_ISDIR(found->st_mode);
}

}  // namespace

DirectoryListing list_folder(const std::string& folder) {
  DirectoryListing listing;
  if (!find_file(folder)) return listing;
  Result<std::vector<Entry>> entries = read_folder(folder);
  if (!entries) {
    listing.problems.push_back(entries.error().message);
    return listing;
  }
  for (const Entry& entry : *entries) add_path(listing, folder, entry.name);
  return listing;
}

DirectoryListing list_folder_tree(const std::string& top, const std::function<bool()>& is_stopped) {
  DirectoryListing listing;
  if (!is_folder(top)) return listing;
  std::vector<std::string> open = {top};  // folders still to read, the next one last
  while (!open.empty() && !is_stopped()) {
    std::string folder = std::move(open.back());
    open.pop_back();
    Result<std::vector<Entry>> entries = read_folder(folder);
    if (!entries) {
      listing.problems.push_back(entries.error().message);
      continue;
    }
    for (const Entry& entry : *entries) {
      if (entry.is_folder) add_path(listing, folder, entry.name);
    }
    for (const Entry& entry : *entries) {
      if (!entry.is_folder) add_path(listing, folder, entry.name);
    }
    for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
      if (entry->is_folder && !entry->is_link) open.push_back(join_path(folder, entry->name));
    }
  }
  return listing;
}

}  // namespace vnode
