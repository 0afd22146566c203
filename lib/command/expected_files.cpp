#include "command/expected_files.h"

#include <sys/stat.h>
#include <time.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace vnode {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::string path_in(const std::string& directory, const std::string& path) {
  if (directory.empty() || path.starts_with('/')) return path;
  return directory.ends_with('/') ? directory + path : directory + "/" + path;
}

std::optional<ExpectedFiles::Mark> ExpectedFiles::mark_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Mark{static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
              static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
              nanoseconds(status.st_ctim)};
}

void ExpectedFiles::remember() {
  if (!is_fresh_) return;
  constexpr std::int64_t kTick = 10'000'000;  // the longest of the kernel's clock for files
  before_.clear();
  bool is_recent = false;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  for (const std::string& path : paths_) {
    before_.push_back(mark_of(path_in(directory_, path)));
    const std::int64_t age = before_.back() ? nanoseconds(now) - before_.back()->changed : kTick;
    is_recent = is_recent || (age < kTick && age > -kTick);
  }
  if (!is_recent) return;
  const timespec tick{0, kTick};
  ::nanosleep(&tick, nullptr);
}

std::string ExpectedFiles::complaint() const {
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    std::string text = complaint_about(i);
    if (!text.empty()) return text;
  }
  return {};
}

std::string ExpectedFiles::complaint_about(std::size_t index) const {
  const std::string path = path_in(directory_, paths_[index]);
  const std::optional<Mark> mark = mark_of(path);
  if (!mark) {
    const bool is_missing = errno == ENOENT || errno == ENOTDIR;
    return paths_[index] + (is_missing ? " is not there" : ": " + std::generic_category().message(errno));
  }
  if (!is_fresh_) return {};
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  if (is_folder ? std::filesystem::is_empty(path, error) : mark->size == 0)
    return paths_[index] + " is empty";
  if (before_.size() > index && before_[index] == mark)
    return paths_[index] + " is as it was before: it was not written";
  return {};
}

}  // namespace vnode
