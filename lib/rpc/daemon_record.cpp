#include "rpc/daemon_record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <utility>

#include "base/owned_fd.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

/// Addresses are short: a socket's path has a hundred bytes.
constexpr std::size_t kLongestRecord = 4096;

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool is_held(int fd) {
  struct flock lock = whole_file();
  return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace

std::string record_text(const DaemonRecord& record) {
  std::string text = std::to_string(record.pid) + "\n";
  Dict addresses;
  const std::pair<std::string_view, const std::string&> all[] = {
      {"socket", record.socket}, {"listen", record.listen}, {"metrics", record.metrics}};
  for (const auto& [name, address] : all) {
    if (!address.empty()) addresses.set(name, Value(address));
  }
  if (addresses.empty()) return text;
  append_json(text, addresses);
  return text + "\n";
}

std::optional<DaemonRecord> read_record_text(const std::string& text) {
  DaemonRecord record;
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto parsed = std::from_chars(text.data(), text.data() + end, record.pid);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + end || record.pid < 1) return std::nullopt;
  const std::size_t start = std::min(end + 1, text.size());
  const std::size_t second = std::min(text.find('\n', start), text.size());
  const Result<Value> addresses = parse_json(text.substr(start, second - start));
  if (!addresses) return record;
  record.socket = text_member(*addresses, "socket");
  record.listen = text_member(*addresses, "listen");
  record.metrics = text_member(*addresses, "metrics");
  return record;
}

std::optional<DaemonRecord> read_record(int fd) {
  std::string text(kLongestRecord, '\0');
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return read_record_text(text);
}

Result<void> mark_as_held(int fd) {
  struct flock lock = whole_file();
  while (::fcntl(fd, F_OFD_SETLK, &lock) != 0) {
    if (errno == EINTR) continue;
    Error error = io_error("cannot lock", errno);
    if (errno == EAGAIN || errno == EACCES) error.code = ErrorCode::kUnavailable;
    return error;
  }
  return {};
}

std::optional<DaemonRecord> find_daemon_record(const std::string& lock_file) {
  const OwnedFd file(::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (status.st_uid != ::geteuid() && status.st_uid != 0) return std::nullopt;
  if (!is_held(file.get())) return std::nullopt;
  return read_record(file.get());
}

}  // namespace vnode
