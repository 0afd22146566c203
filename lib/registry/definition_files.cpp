#include "registry/definition_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

namespace vnode {
namespace {

namespace fs = std::filesystem;

/// Walks a tree of folders without recursion: first all real folders, then what links lead to.
class FolderWalk {
 public:
  explicit FolderWalk(const std::string& root) : root_(root) {}

  DefinitionFiles run() {
    std::error_code error;
    const fs::file_status status = fs::status(root_, error);
    if (!fs::exists(status)) {
      // Without the permission to look, `exists` knows nothing; the system's word says more.
      const bool is_absent = !error || error == std::errc::no_such_file_or_directory;
      found_.obstacles.emplace_back(root_, is_absent ? "the folder does not exist" : error.message());
    } else if (!fs::is_directory(status)) {
      found_.obstacles.emplace_back(root_, "this is not a folder");
    } else {
      folders_.push_back("");
    }
    while (!folders_.empty() || !links_.empty()) {
      std::deque<std::string>& next = folders_.empty() ? links_ : folders_;
      const std::string folder = std::move(next.front());
      next.pop_front();
      enter(folder);
    }
    std::sort(found_.relative_paths.begin(), found_.relative_paths.end());
    return std::move(found_);
  }

 private:
  void enter(const std::string& folder) {
    const std::string path = root_ + "/" + folder;
    struct stat information;
    if (stat(path.c_str(), &information) != 0) return;  // gone since it was listed
    if (!entered_.insert({information.st_dev, information.st_ino}).second) return;

    std::error_code error;
    std::vector<std::string> links;
    for (fs::directory_iterator entry(path, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
      const std::string relative = (folder.empty() ? "" : folder + "/") + entry->path().filename().string();
      std::error_code ignored;
      if (entry->is_directory(ignored)) {
        if (entry->is_symlink(ignored)) {
          links.push_back(relative);
        } else {
          folders_.push_back(relative);
        }
      } else if (std::string_view(relative).ends_with(".json")) {
        found_.relative_paths.push_back(relative);
      }
    }
    std::sort(links.begin(), links.end());  // the system lists entries in any order
    links_.insert(links_.end(), links.begin(), links.end());
    if (error) found_.obstacles.emplace_back(path, "the folder cannot be read: " + error.message());
  }

  const std::string& root_;
  std::deque<std::string> folders_;
  std::deque<std::string> links_;
  std::set<std::pair<dev_t, ino_t>> entered_;
  DefinitionFiles found_;
};

}  // namespace

DefinitionFiles find_definition_files(const std::string& folder) { return FolderWalk(folder).run(); }

}  // namespace vnode
