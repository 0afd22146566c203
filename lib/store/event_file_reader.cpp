#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
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

/// Up to `size` bytes at `at`: as many as there are.
Result<std::size_t> read_some(int fd, std::uint64_t at, char* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t bytes = ::pread(fd, out + done, size - done, static_cast<off_t>(at + done));
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return read_error(std::generic_category().message(errno));
    if (bytes == 0) break;
    done += static_cast<std::size_t>(bytes);
  }
  return done;
}

/// All `size` bytes at `at`.
Result<void> read_at(int fd, std::uint64_t at, char* out, std::size_t size) {
  const Result<std::size_t> done = read_some(fd, at, out, size);
  if (!done) return done.error();
  if (*done < size) return read_error("the file has become shorter");
  return {};
}

/// Where the next bytes are that were ever written, at `at` or behind it. `end`: nowhere before it.
std::uint64_t behind_hole(int fd, std::uint64_t at, std::uint64_t end) {
  const off_t data = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
  if (data < 0) return errno == ENXIO ? end : at;
  return std::min(static_cast<std::uint64_t>(data), end);
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
    if (bytes[0] == '\0') at = behind_hole(fd, at, end);
  }
  return end;
}

/// The event that the line at `at` is.
Result<std::optional<EventHead>> event_at(int fd, std::uint64_t at, std::uint64_t end) {
  const Result<std::uint64_t> next = line_end(fd, at, end);
  if (!next) return next.error();
  if (*next - at > kMaxEventLine) return std::optional<EventHead>();
  std::string line(static_cast<std::size_t>(*next - at), '\0');
  if (Result<void> done = read_at(fd, at, line.data(), line.size()); !done) return done.error();
  if (line.ends_with('\n')) line.pop_back();
  return parse_event_line(line);
}

/// The seq of the line at `at`; 0 when it is no event.
Result<std::uint64_t> seq_at(int fd, std::uint64_t at, std::uint64_t end) {
  char head[kHeadBytes];
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(sizeof head, end - at));
  if (Result<void> done = read_at(fd, at, head, size); !done) return done.error();
  if (const auto seq = parse_event_seq({head, size})) return *seq;
  const Result<std::optional<EventHead>> event = event_at(fd, at, end);
  if (!event) return event.error();
  return *event ? (*event)->seq : 0;
}

/// Whether the event at `at`, number `seq`, is followed by the next one, or by nothing that says otherwise.
/// One that is not may have had its number altered: it leads nowhere.
Result<bool> is_followed(int fd, std::uint64_t at, std::uint64_t seq, std::uint64_t end) {
  const Result<std::uint64_t> next = line_end(fd, at, end);
  if (!next) return next.error();
  if (*next >= end) return true;
  const Result<std::uint64_t> next_seq = seq_at(fd, *next, end);
  if (!next_seq) return next_seq.error();
  if (*next_seq == 0 || *next_seq == seq + 1) return true;
  const Result<std::optional<EventHead>> event = event_at(fd, *next, end);
  if (!event) return event.error();
  return *event && (*event)->from == seq + 1;
}

/// A line of an event; without one `seq` is 0.
struct Place {
  std::uint64_t start = 0;
  std::uint64_t seq = 0;
};

/// The first event that starts in [at, limit); `at` is the start of a line. Lines that are none are passed
/// over.
Result<Place> first_event(int fd, std::uint64_t at, std::uint64_t limit, std::uint64_t end) {
  while (at < limit) {
    const Result<std::uint64_t> seq = seq_at(fd, at, end);
    if (!seq) return seq.error();
    if (*seq != 0) return Place{at, *seq};
    const Result<std::uint64_t> next = line_end(fd, at, end);
    if (!next) return next.error();
    at = *next;
  }
  return Place{limit, 0};
}

/// The same, of those whose number can be believed.
Result<Place> first_sure_event(int fd, std::uint64_t at, std::uint64_t limit, std::uint64_t end) {
  while (true) {
    const Result<Place> place = first_event(fd, at, limit, end);
    if (!place || place->seq == 0) return place;
    const Result<bool> is_sure = is_followed(fd, place->start, place->seq, end);
    if (!is_sure) return is_sure.error();
    if (*is_sure) return place;
    const Result<std::uint64_t> next = line_end(fd, place->start, end);
    if (!next) return next.error();
    at = *next;
  }
}

/// Start of the first line in [0, end) with a seq above `since`, else `end`; of damaged lines before it that
/// may hold such events, if there are any.
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
    const Result<Place> place = *start < limit ? first_sure_event(fd, *start, limit, end) : Place{limit, 0};
    if (!place) return place.error();
    if (place->seq == 0) {
      high = middle;
    } else if (place->seq > since) {
      answer = place->start;
      high = middle;
    } else {
      low = place->start;
    }
  }
  // `low` may be followed by damaged lines and by events that are not wanted.
  while (low < answer) {
    const Result<Place> place = first_event(fd, low, answer, end);
    if (!place) return place.error();
    if (place->seq == 0 || place->seq > since) return low;
    const Result<std::uint64_t> next = line_end(fd, place->start, end);
    if (!next) return next;
    low = *next;
  }
  return answer;
}

/// Where the last line begins that ends before `end`.
Result<std::uint64_t> last_line_start(int fd, std::uint64_t end) {
  char bytes[kMostScan];
  const std::uint64_t least = end > kMaxEventLine ? end - kMaxEventLine : 0;
  for (std::uint64_t at = end - 1; at > least;) {  // not the newline that ends it
    const std::uint64_t start = at - std::min<std::uint64_t>(at - least, sizeof bytes);
    if (Result<void> done = read_at(fd, start, bytes, at - start); !done) return done.error();
    const std::size_t newline = std::string_view(bytes, at - start).rfind('\n');
    if (newline != std::string_view::npos) return start + newline + 1;
    at = start;
  }
  return least;
}

}  // namespace

bool has_last_event(const std::string& path) {
  const OwnedFd file = open_event_file(path);
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || status.st_size == 0) return false;
  const auto end = static_cast<std::uint64_t>(status.st_size);
  const Result<std::uint64_t> start = last_line_start(file.get(), end);
  if (!start) return false;
  std::string line(static_cast<std::size_t>(end - *start), '\0');
  if (!read_at(file.get(), *start, line.data(), line.size())) return false;
  if (line.ends_with('\n')) line.pop_back();
  bool is_last = false;
  find_events(line, [&is_last](std::string_view, const EventHead& head) {
    is_last = head.type == "execution_finished";
  });
  return is_last;
}

Result<EventFileReader> EventFileReader::open(const std::string& path, std::uint64_t since,
                                              std::uint64_t published) {
  EventFileReader reader(path);
  reader.file_ = open_event_file(path);
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

/// True when another file is at the path by now, which is read from here on.
bool EventFileReader::reopen() {
  struct stat ours {};
  struct stat there {};
  OwnedFd file = open_event_file(path_);
  if (!file || ::fstat(file.get(), &there) != 0 || ::fstat(file_.get(), &ours) != 0) return false;
  if (there.st_ino == ours.st_ino && there.st_dev == ours.st_dev) return false;
  file_ = std::move(file);
  return true;
}

Result<std::size_t> EventFileReader::fill(char* out, std::size_t size) {
  Result<std::size_t> bytes = read_some(file_.get(), at_, out, size);
  if (bytes && *bytes < size && reopen()) bytes = read_some(file_.get(), at_, out, size);
  return bytes;
}

Result<bool> EventFileReader::read(std::string& out, std::size_t most, std::uint64_t published) {
  if (at_ >= published) return false;
  const std::uint64_t rest = published - at_;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(std::max<std::size_t>(most, 1), rest));
  const std::size_t before = out.size();
  out.resize(before + size);
  const Result<std::size_t> bytes = fill(out.data() + before, size);
  out.resize(before + (bytes ? *bytes : 0));
  if (!bytes) return bytes.error();
  if (*bytes == 0) return false;
  if (out[before] == '\0') return pass_zeros(out, before, published);
  if (*bytes == rest) {
    at_ = published;
    return true;
  }
  const std::size_t newline = out.rfind('\n');
  if (newline != std::string::npos && newline >= before) {
    out.resize(newline + 1);
  } else if (const std::size_t zero = out.find('\0', before); zero != std::string::npos) {
    out.resize(zero);  // the rest of that line is a hole
    at_ += zero - before;
    out += '\n';
    return true;
  } else if (*bytes < size) {
    out.resize(before);  // it was longer before; more may come
    return false;
  } else {
    return read_long_line(out, before, published);
  }
  at_ += out.size() - before;
  return true;
}

/// Nothing is appended: what follows the zeros is for the next call.
Result<bool> EventFileReader::pass_zeros(std::string& out, std::size_t before, std::uint64_t published) {
  const std::size_t data = out.find_first_not_of('\0', before);
  if (data == std::string::npos) {
    at_ += out.size() - before;
    at_ = behind_hole(file_.get(), at_, published);
  } else {
    at_ += data - before;
  }
  out.resize(before);
  return true;
}

/// The first line alone is longer than what was read.
Result<bool> EventFileReader::read_long_line(std::string& out, std::size_t before, std::uint64_t published) {
  const std::size_t size = out.size() - before;
  const std::uint64_t limit = std::min(published, at_ + kMaxEventLine + 1);
  const Result<std::uint64_t> end = line_end(file_.get(), at_ + size, limit);
  if (!end) return end.error();
  if (*end == limit && limit < published) {
    out.resize(before);  // no event is so long
    at_ = limit;
    return true;
  }
  const auto more = static_cast<std::size_t>(*end - at_ - size);
  out.resize(before + size + more);
  if (Result<void> done = read_at(file_.get(), at_ + size, out.data() + before + size, more); !done) {
    out.resize(before);
    return done.error();
  }
  at_ += size + more;
  return true;
}

}  // namespace vnode
