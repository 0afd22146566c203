#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "store/event_file.h"
#include "store/event_line.h"

namespace vnode {
namespace {

/// Enough for the start of a line up to its seq.
constexpr std::size_t kHeadBytes = 128;
/// How much is looked at for the end of a line: little at first.
constexpr std::size_t kFirstScan = 512;
constexpr std::size_t kMostScan = 32 * 1024;

Error read_error(const std::string& what) {
  return Error{ErrorCode::kIo, "the events cannot be read: " + what};
}

/// All `size` bytes at `at`.
Result<void> read_at(int fd, std::uint64_t at, char* out, std::size_t size) {
  while (size > 0) {
    const ssize_t bytes = ::pread(fd, out, size, static_cast<off_t>(at));
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return read_error(std::generic_category().message(errno));
    if (bytes == 0) return read_error("the file has become shorter");
    out += bytes;
    at += static_cast<std::uint64_t>(bytes);
    size -= static_cast<std::size_t>(bytes);
  }
  return {};
}

/// Where the line that goes over `at` ends: behind its newline, or `end` when it has none before.
Result<std::uint64_t> line_end(int fd, std::uint64_t at, std::uint64_t end) {
  char bytes[kMostScan];
  for (std::size_t most = kFirstScan; at < end; most = std::min(2 * most, kMostScan)) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, end - at));
    if (Result<void> done = read_at(fd, at, bytes, size); !done) return done.error();
    if (const void* found = std::memchr(bytes, '\n', size)) {
      return at + static_cast<std::uint64_t>(static_cast<const char*>(found) - bytes) + 1;
    }
    at += size;
  }
  return end;
}

/// The seq of the line at `at`; 0 when it is no event.
Result<std::uint64_t> seq_at(int fd, std::uint64_t at, std::uint64_t end) {
  char head[kHeadBytes];
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(sizeof head, end - at));
  if (Result<void> done = read_at(fd, at, head, size); !done) return done.error();
  if (const auto seq = parse_event_seq({head, size})) return *seq;
  const Result<std::uint64_t> next = line_end(fd, at, end);
  if (!next) return next;
  if (*next - at > kMaxEventLine) return std::uint64_t{0};
  std::string line(static_cast<std::size_t>(*next - at), '\0');
  if (Result<void> done = read_at(fd, at, line.data(), line.size()); !done) return done.error();
  if (line.ends_with('\n')) line.pop_back();
  const auto event = parse_event_line(line);
  return event ? event->seq : 0;
}

/// Start of the first line in [0, end) with a seq above `since`, else `end`.
Result<std::uint64_t> find_line(int fd, std::uint64_t since, std::uint64_t end) {
  // The line looked for starts in [low, high], or it is `answer`. `low` is the start of a line.
  std::uint64_t low = 0;
  std::uint64_t answer = end;
  std::uint64_t high = end;
  while (high > low && high - low > kFirstScan) {
    const std::uint64_t middle = low + (high - low) / 2;
    const std::uint64_t limit = std::min(high + 1, end);
    const Result<std::uint64_t> start = line_end(fd, middle, limit);
    if (!start) return start;
    if (*start >= limit) {
      high = middle;
      continue;
    }
    const Result<std::uint64_t> seq = seq_at(fd, *start, end);
    if (!seq) return seq;
    if (*seq > since) {
      answer = *start;
      high = middle;
    } else {
      low = *start;
    }
  }
  while (low < answer) {
    const Result<std::uint64_t> seq = seq_at(fd, low, end);
    if (!seq) return seq;
    if (*seq > since) return low;
    const Result<std::uint64_t> next = line_end(fd, low, end);
    if (!next) return next;
    low = *next;
  }
  return answer;
}

}  // namespace

Result<EventFileReader> EventFileReader::open(const std::string& path, std::uint64_t since,
                                              std::uint64_t published) {
  EventFileReader reader;
  reader.file_ = OwnedFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!reader.file_) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnreadable;
    return Error{code, "the events cannot be opened: " + std::generic_category().message(errno), {path}};
  }
  if (since > 0) {
    const Result<std::uint64_t> start = find_line(reader.file_.get(), since, published);
    if (!start) return Error{start.error().code, start.error().message, {path}};
    reader.at_ = *start;
  }
  return reader;
}

Result<bool> EventFileReader::read(std::string& out, std::size_t most, std::uint64_t published) {
  if (at_ >= published) return false;
  const std::uint64_t rest = published - at_;
  std::uint64_t size = std::min<std::uint64_t>(std::max<std::size_t>(most, 1), rest);
  const std::size_t before = out.size();
  out.resize(before + static_cast<std::size_t>(size));
  Result<void> done = read_at(file_.get(), at_, out.data() + before, static_cast<std::size_t>(size));
  if (done && size < rest) {
    const std::size_t newline = out.rfind('\n');
    if (newline != std::string::npos && newline >= before) {
      size = newline + 1 - before;
    } else if (const auto end = line_end(file_.get(), at_ + size, published); !end) {
      done = end.error();
    } else {
      // The first line alone is longer.
      const std::uint64_t more = *end - at_ - size;
      out.resize(out.size() + static_cast<std::size_t>(more));
      done = read_at(file_.get(), at_ + size, out.data() + before + size, static_cast<std::size_t>(more));
      size += more;
    }
  }
  out.resize(done ? before + static_cast<std::size_t>(size) : before);
  if (!done) return done.error();
  at_ += size;
  return true;
}

}  // namespace vnode
