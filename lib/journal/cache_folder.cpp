#include "journal/cache_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "base/private_folder.h"
#include "base/replace_file.h"
#include "journal/record_frame.h"

namespace vnode {
namespace {

constexpr std::string_view kRecordSuffix = ".record";
constexpr std::size_t kKeyLength = 32;
/// How many bytes all records take, about: looking at each of them would take its time.
constexpr const char* kSizeFile = "/size";
/// Between two looks of one run, in bytes that it has added.
constexpr std::uint64_t kLookEvery = 64 << 20;
/// What is counted from one number to the next drifts: now and then all are counted.
constexpr std::time_t kCountEvery = 24 * 60 * 60;
/// To so many tenths of the limit.
constexpr std::uint64_t kTenthsLeft = 9;
/// What a file takes besides its bytes, about.
constexpr std::uint64_t kOverhead = 512;

bool is_key(std::string_view text) {
  return text.size() == kKeyLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<std::uint64_t> read_number(int fd) {
  char text[32];
  const ssize_t size = ::pread(fd, text, sizeof(text), 0);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text, text + std::max<ssize_t>(size, 0), number);
  return size > 0 && read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

void write_number(int fd, std::uint64_t number) {
  const std::string text = std::to_string(number) + "\n";
  // One that is cut off is counted anew.
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

struct CacheFolder::Entry {
  std::string file;
  std::string key;
  std::uint64_t bytes = 0;
  struct timespec used = {};
};

Result<std::unique_ptr<CacheFolder>> CacheFolder::open(const std::string& path, std::uint64_t most) {
  const std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  if (Result<void> made = make_private_folder(absolute); !made) return made.error();
  return std::unique_ptr<CacheFolder>(new CacheFolder(absolute, most));
}

CacheFolder::~CacheFolder() {
  if (added_ > 0) keep_limit();
}

std::string CacheFolder::file_of(std::string_view key) const {
  return path_ + "/" + std::string(key.substr(0, 2)) + "/" + std::string(key).append(kRecordSuffix);
}

OwnedFd CacheFolder::look(std::string_view key) const {
  OwnedFd file(::open(file_of(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  struct stat status = {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || !is_private(status))
    return OwnedFd();
  return file;
}

OwnedFd CacheFolder::find(std::string_view key) {
  OwnedFd file = look(key);
  if (file) ::futimens(file.get(), nullptr);  // that it was used now
  return file;
}

Result<void> CacheFolder::put(std::string_view key, const std::vector<std::string>& payloads) {
  std::string bytes = journal_preamble();
  for (const std::string& payload : payloads) {
    const auto frame = record_frame(bytes.size(), payload);
    const auto trailer = record_trailer(bytes.size(), payload);
    bytes.append(frame.data(), frame.size()).append(payload).append(trailer.data(), trailer.size());
  }
  const std::string file = file_of(key);
  if (::mkdir(std::filesystem::path(file).parent_path().c_str(), 0700) != 0 && errno != EEXIST)
    return io_error("cannot write to the cache " + path_, errno);
  if (Result<void> written = replace_file(file, bytes); !written) return written;
  added_ += bytes.size() + kOverhead;
  if (added_ >= kLookEvery) keep_limit();
  return {};
}

void CacheFolder::remove(std::string_view key) { ::unlink(file_of(key).c_str()); }

std::vector<CacheFolder::Entry> CacheFolder::entries() const {
  std::vector<Entry> all;
  std::error_code error;
  for (std::filesystem::directory_iterator folder(path_, error), end; !error && folder != end;
       folder.increment(error)) {
    if (folder->path().filename().string().size() != 2) continue;
    std::error_code inner;
    for (std::filesystem::directory_iterator file(folder->path(), inner); !inner && file != end;
         file.increment(inner)) {
      const std::string name = file->path().filename().string();
      Entry entry{.file = file->path().string(), .key = file->path().stem().string()};
      struct stat status = {};
      // (What a killed program was writing has a longer name.)
      if (!name.ends_with(kRecordSuffix) && name.find(kRecordSuffix) == name.npos) continue;
      if (::lstat(entry.file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
      if (name.ends_with(kRecordSuffix) && !is_key(entry.key)) continue;
      entry.bytes = static_cast<std::uint64_t>(status.st_size) + kOverhead;
      entry.used = status.st_mtim;
      all.push_back(std::move(entry));
    }
  }
  return all;
}

/// Returns what is left.
std::uint64_t CacheFolder::shrink(std::uint64_t to) const {
  std::vector<Entry> all = entries();
  std::uint64_t bytes = 0;
  for (const Entry& entry : all) bytes += entry.bytes;
  if (bytes <= most_) return bytes;
  std::sort(all.begin(), all.end(), [](const Entry& one, const Entry& other) {
    return std::pair(one.used.tv_sec, one.used.tv_nsec) < std::pair(other.used.tv_sec, other.used.tv_nsec);
  });
  for (const Entry& entry : all) {
    if (bytes <= to) break;
    if (::unlink(entry.file.c_str()) == 0) bytes -= entry.bytes;
  }
  return bytes;
}

void CacheFolder::keep_limit() {
  const OwnedFd file(::open((path_ + kSizeFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file || ::flock(file.get(), LOCK_EX) != 0) return;
  struct stat status = {};
  const std::optional<std::uint64_t> before = read_number(file.get());
  const bool is_old = ::fstat(file.get(), &status) != 0 || ::time(nullptr) - status.st_ctime > kCountEvery;
  std::uint64_t bytes = before.value_or(0) + std::exchange(added_, 0);
  if (!before || is_old || bytes > most_) bytes = shrink(most_ / 10 * kTenthsLeft);
  write_number(file.get(), bytes);
}

CacheFolder::Use CacheFolder::use() const {
  Use use;
  for (const Entry& entry : entries()) {
    ++use.records;
    use.bytes += entry.bytes;
    const WallTime used{std::chrono::duration_cast<WallTime::duration>(
        std::chrono::seconds(entry.used.tv_sec) + std::chrono::nanoseconds(entry.used.tv_nsec))};
    use.oldest = std::min(use.oldest.value_or(used), used);
  }
  return use;
}

std::vector<std::string> CacheFolder::keys() const {
  std::vector<std::string> keys;
  for (Entry& entry : entries()) {
    if (is_key(entry.key)) keys.push_back(std::move(entry.key));
  }
  return keys;
}

std::size_t CacheFolder::clear(WallTime before) {
  std::size_t removed = 0;
  for (const Entry& entry : entries()) {
    const WallTime used{std::chrono::duration_cast<WallTime::duration>(
        std::chrono::seconds(entry.used.tv_sec) + std::chrono::nanoseconds(entry.used.tv_nsec))};
    if (used < before && ::unlink(entry.file.c_str()) == 0) ++removed;
  }
  const OwnedFd file(::open((path_ + kSizeFile).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (file && ::flock(file.get(), LOCK_EX) == 0) write_number(file.get(), shrink(most_));
  return removed;
}

}  // namespace vnode
