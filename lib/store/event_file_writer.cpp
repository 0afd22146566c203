#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "store/event_file.h"
#include "store/event_line.h"

namespace vnode {
namespace {

constexpr std::size_t kWrittenBlock = std::size_t{64} << 10;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return path.substr(0, std::max<std::size_t>(slash, 1));
}

Result<void> io_error(const std::string& what, const std::string& path) {
  return Error{ErrorCode::kIo, what + ": " + std::generic_category().message(errno), {path}};
}

}  // namespace

/// `size` bytes of the file are whole lines and stay. What comes next is in `buffer`, from the start of a
/// line on; when that is full and cannot be written, further events are lost, and `lost_from` is the first of
/// them.
struct EventFileWriter::State {
  State(std::string file_path, std::string id, const EventFileEnd& end, std::uint64_t most)
      : path(std::move(file_path)),
        run_id(std::move(id)),
        most_bytes(most),
        first_seq(end.last_seq + 1),
        size(end.size),
        last_seq(end.last_seq) {}

  Result<void> open() {
    OwnedFd opened = open_or_create();
    struct stat status {};
    if (!opened || ::fstat(opened.get(), &status) != 0) return io_error("the events cannot be written", path);
    if (static_cast<std::uint64_t>(status.st_size) < size && !was_open) {
      if (Result<void> fitted = fit_to_shorter(); !fitted) return fitted;
    }
    if (static_cast<std::uint64_t>(status.st_size) != size) {
      if (Result<void> cut = cut_tail(opened.get()); !cut) return cut;
    }
    has_tail = false;
    file = std::move(opened);
    was_open = true;
    return {};
  }

  /// The folder is made with its first file; it may also have been removed, as an emptied one, a moment ago,
  /// or with all events. No more than these two: a state directory that is gone is not made anew from here.
  OwnedFd open_or_create() const {
    constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK;
    OwnedFd opened(::open(path.c_str(), kFlags, 0600));
    if (opened || errno != ENOENT) return opened;
    const std::string folder = folder_of(path);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno == ENOENT) {
      ::mkdir(folder_of(folder).c_str(), 0700);  // that it failed shows when the file is opened
      ::mkdir(folder.c_str(), 0700);
    }
    return OwnedFd(::open(path.c_str(), kFlags, 0600));
  }

  /// Somebody has removed it, or put another one in its place.
  bool is_removed() const {
    struct stat status {};
    return ::fstat(file.get(), &status) == 0 && status.st_nlink == 0;
  }

  /// The file has less than was said: what is missing counts as lost.
  Result<void> fit_to_shorter() {
    const Result<EventFileEnd> found = inspect_event_file(path);
    if (!found) return found.error();
    size = found->size;
    synced_size = std::min<std::uint64_t>(synced_size, found->size);
    if (found->last_seq < first_seq - 1) missing_from = found->last_seq + 1;
    return {};
  }

  Result<void> cut_tail(int fd) {
    while (::ftruncate(fd, static_cast<off_t>(size)) != 0) {
      if (errno != EINTR) return io_error("the events cannot be cut", path);
    }
    has_tail = false;
    return {};
  }

  /// What is appended beyond the limit is lost as on a full disk, until the end.
  void append(std::string_view line, std::uint64_t seq) {
    if (beyond_limit > 0 || size + buffer.size() + line.size() > most_bytes) {
      last_seq = seq;
      ++beyond_limit;
      if (beyond_from == 0) beyond_from = lost_from != 0 ? std::exchange(lost_from, 0) : seq;
      return;
    }
    append_any(line, seq);
  }

  void append_last(std::string_view line, std::uint64_t seq) {
    tell_beyond();
    append_any(line, seq);
  }

  void tell_beyond() {
    if (beyond_from == 0) return;
    const std::uint64_t from = std::exchange(beyond_from, 0);
    if (lost_from == 0) {
      buffer += gap_line(from, last_seq);
    } else {
      lost_from = std::min(from, lost_from);
    }
  }

  void append_any(std::string_view line, std::uint64_t seq) {
    last_seq = seq;
    if (lost_from == 0) {
      if (buffer.size() < kWrittenBlock && line.size() <= kMaxEventLine) {
        buffer += line;
      } else {
        lost_from = seq;
      }
    }
    // While it fails, every event would cost a call in vain: the next flush is to try again.
    if (!error && (buffer.size() >= kWrittenBlock || lost_from != 0)) flush();
  }

  void close() {
    tell_beyond();
    flush();
    if (!error) give_up();
  }

  void give_up() {
    buffer.clear();
    if (has_tail && file) (void)cut_tail(file.get());  // else the next one who opens it does
    file.reset();
    is_closed = true;
  }

  void flush() {
    if (is_closed) return;
    if (Result<void> done = write_all(); done) {
      error.reset();
    } else {
      error = done.error();
    }
  }

  Result<void> write_all() {
    if (file && !buffer.empty() && is_removed()) {
      // It is made again, and what was in it is a hole.
      file.reset();
      is_folder_synced = false;
    }
    if (!file) {
      if (Result<void> opened = open(); !opened) return opened;
    }
    if (has_tail) {
      if (Result<void> cut = cut_tail(file.get()); !cut) return cut;
    }
    if (missing_from != 0) {
      buffer.insert(0, gap_line(std::exchange(missing_from, 0), first_seq - 1));
    }
    if (Result<void> done = write_buffer(); !done) return done;
    if (lost_from == 0) return {};
    buffer = gap_line(std::exchange(lost_from, 0), last_seq);
    return write_buffer();
  }

  std::string gap_line(std::uint64_t from, std::uint64_t to) const {
    return stream_gap_line(run_id, from, to, std::chrono::system_clock::now());
  }

  /// On failure what is not written stays in the buffer.
  Result<void> write_buffer() {
    std::size_t written = 0;
    int failure = 0;
    while (written < buffer.size() && failure == 0) {
      const ssize_t bytes = ::pwrite(file.get(), buffer.data() + written, buffer.size() - written,
                                     static_cast<off_t>(size.load() + written));
      if (bytes > 0) {
        written += static_cast<std::size_t>(bytes);
      } else if (bytes == 0) {
        failure = ENOSPC;
      } else if (errno != EINTR) {
        failure = errno;
      }
    }
    if (failure == 0) {
      publish(written);
      return {};
    }
    const std::size_t newline = written > 0 ? buffer.rfind('\n', written - 1) : std::string::npos;
    const std::size_t whole = newline == std::string::npos ? 0 : newline + 1;
    publish(whole);
    if (written > whole) {
      has_tail = true;
      (void)cut_tail(file.get());
    }
    errno = failure;
    return io_error("the events cannot be written", path);
  }

  void publish(std::size_t bytes) {
    size += bytes;
    buffer.erase(0, bytes);
    if (buffer.empty() && buffer.capacity() > 4 * kWrittenBlock) buffer.shrink_to_fit();
  }

  Result<void> sync() {
    flush();
    if (error) return *error;
    if (sync_failed) {
      if (Result<void> again = write_again(); !again) return again;
    }
    if (::fdatasync(file.get()) != 0) {
      sync_failed = true;
      return io_error("the events cannot be brought to disk", path);
    }
    sync_failed = false;
    synced_size = size;
    return sync_folder();
  }

  /// After a failure the system counts pages as written that are not; only writing them again makes the next
  /// success mean something.
  Result<void> write_again() {
    std::vector<char> block(kWrittenBlock);
    for (std::uint64_t at = synced_size; at < size;) {
      const std::size_t most = std::min<std::uint64_t>(block.size(), size - at);
      const ssize_t bytes = ::pread(file.get(), block.data(), most, static_cast<off_t>(at));
      if (bytes < 0 && errno == EINTR) continue;
      if (bytes <= 0) return io_error("the events cannot be read again", path);
      const ssize_t written =
          ::pwrite(file.get(), block.data(), static_cast<std::size_t>(bytes), static_cast<off_t>(at));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return io_error("the events cannot be written again", path);
      at += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  /// A file that was made is only found after a loss of power when its folder was written, too.
  Result<void> sync_folder() {
    if (is_folder_synced) return {};
    const OwnedFd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0)
      return io_error("the folder of the events cannot be brought to disk", path);
    is_folder_synced = true;
    return {};
  }

  const std::string path;
  const std::string run_id;
  const std::uint64_t most_bytes;
  std::uint64_t beyond_limit = 0;
  std::uint64_t beyond_from = 0;  ///< the first of those that no gap has been written for
  const std::uint64_t first_seq;  ///< that is to come
  OwnedFd file;
  std::string buffer;
  std::atomic<std::uint64_t> size;
  std::uint64_t last_seq;
  std::uint64_t lost_from = 0;     ///< 0: nothing lost since the last gap was noted
  std::uint64_t missing_from = 0;  ///< what an existing file has lost; 0: nothing
  bool is_closed = false;
  bool was_open = false;
  bool has_tail = false;  ///< a part of a line is behind `size`
  std::uint64_t synced_size = 0;
  bool sync_failed = false;
  bool is_folder_synced = false;
  std::optional<Error> error;
};

EventFileWriter::EventFileWriter(std::string path, std::string run_id, EventFileEnd end,
                                 std::uint64_t most_bytes)
    : state_(std::make_unique<State>(std::move(path), std::move(run_id), end, most_bytes)) {
  flush();
}

EventFileWriter::~EventFileWriter() { flush(); }

void EventFileWriter::append(std::string_view line, std::uint64_t seq) { state_->append(line, seq); }
void EventFileWriter::append_last(std::string_view line, std::uint64_t seq) {
  state_->append_last(line, seq);
}
void EventFileWriter::flush() { state_->flush(); }
void EventFileWriter::close() { state_->close(); }
void EventFileWriter::give_up() { state_->give_up(); }
Result<void> EventFileWriter::sync() { return state_->sync(); }
std::uint64_t EventFileWriter::published() const { return state_->size; }
std::uint64_t EventFileWriter::last_seq() const { return state_->last_seq; }
std::uint64_t EventFileWriter::beyond_limit() const { return state_->beyond_limit; }
const std::optional<Error>& EventFileWriter::error() const { return state_->error; }

}  // namespace vnode
