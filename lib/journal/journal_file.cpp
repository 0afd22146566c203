#include "journal/journal_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/owned_fd.h"
#include "base/write_all.h"
#include "journal/record_frame.h"

namespace vnode {
namespace {

/// So much is collected before it is written without being asked.
constexpr std::size_t kBuffer = 64 * 1024;
/// Between two looks at a lock that somebody else holds.
constexpr Duration kLockPause = std::chrono::milliseconds(20);

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

OwnedFd open_folder(const std::string& path) {
  return OwnedFd(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// So that the file is there under its name after a loss of power.
Result<void> sync_folder(const std::string& path) {
  const OwnedFd fd = open_folder(path);
  if (!fd || ::fsync(fd.get()) != 0) return io_error("cannot make " + path + " durable", errno);
  return {};
}

Result<void> lock(int fd, const std::string& path, Duration patience) {
  const SteadyTime until = std::chrono::steady_clock::now() + patience;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return io_error("cannot lock " + path, errno);
    if (std::chrono::steady_clock::now() >= until)
      return Error{ErrorCode::kUnavailable,
                   "the journal is in use: its run, or what that has started, goes on",
                   {path}};
    std::this_thread::sleep_for(kLockPause);
  }
  return {};
}

}  // namespace

struct JournalFile::State {
  explicit State(std::string file) : path(std::move(file)) {}
  ~State() {
    {
      const std::lock_guard lock(mutex);
      is_ending = true;
    }
    wanted.notify_all();
    if (thread.joinable()) thread.join();
  }

  void fail(Error failure) {
    const std::lock_guard lock(mutex);
    if (!error) error = std::move(failure);
    has_failed = true;
  }
  std::uint64_t append(std::string_view payload);
  void begin_preamble() {
    buffer = journal_preamble();
    end = kPreambleSize;
    is_unsynced = true;
  }
  void give_up();
  void write_out();
  void run_syncs();

  const std::string path;
  bool is_none = false;                    ///< it writes nothing
  OwnedFd fd;                              ///< none: in memory
  std::vector<std::string> payloads = {};  ///< in memory
  std::size_t payload_bytes = 0;
  std::uint64_t most = ~std::uint64_t{0};  ///< beyond that it is given up
  bool is_given_up = false;
  OwnedFd folder = {};       ///< with a new name in it that is not durable yet; then the thread's
  std::uint64_t end = 0;     ///< with what is in the buffer
  std::string buffer;        ///< not yet written
  bool is_unsynced = false;  ///< something was appended since the last sync was asked for
  std::uint64_t asked = 0;   ///< how many syncs
  std::atomic<std::uint64_t> served = 0;  ///< how many of them have been made

  mutable std::mutex mutex;
  std::condition_variable wanted;
  std::optional<Error> error;            ///< with the lock
  std::atomic<bool> has_failed = false;  ///< the same, to be looked at often
  std::vector<std::function<void()>> waiting;
  bool is_ending = false;
  std::thread thread;  ///< started by the first sync
};

void JournalFile::State::write_out() {
  if (buffer.empty()) return;
  if (!has_failed) {
    if (const int number = write_all(fd.get(), buffer)) fail(io_error("cannot write " + path, number));
  }
  buffer.clear();
}

/// On the journal's own thread. All that wait when a sync begins are served by it.
void JournalFile::State::run_syncs() {
  std::unique_lock lock(mutex);
  for (;;) {
    wanted.wait(lock, [this] { return is_ending || !waiting.empty(); });
    if (waiting.empty()) return;
    const std::vector<std::function<void()>> served = std::exchange(waiting, {});
    const bool is_useless = error.has_value();
    lock.unlock();
    if (!is_useless && folder) {
      if (::fsync(folder.get()) != 0) fail(io_error("cannot make " + path + " durable", errno));
      folder.reset();
    }
    // One that has failed tells nothing about what a second one would find: the system forgets its error.
    if (!is_useless && ::fdatasync(fd.get()) != 0) fail(io_error("cannot make " + path + " durable", errno));
    this->served += served.size();
    for (const std::function<void()>& done : served) done();
    lock.lock();
  }
}

JournalFile::JournalFile(std::unique_ptr<State> state) : state_(std::move(state)) {}

JournalFile::~JournalFile() { flush(); }

Result<std::unique_ptr<JournalFile>> JournalFile::create(const std::string& path, Name name) {
  auto state = std::make_unique<State>(path);
  state->fd = OwnedFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600));
  if (!state->fd) return io_error("cannot make the journal " + path, errno);
  if (Result<void> locked = lock(state->fd.get(), path, Duration::zero()); !locked) return locked.error();
  struct stat status = {};
  if (::fstat(state->fd.get(), &status) != 0) return io_error("cannot read " + path, errno);
  if (!S_ISREG(status.st_mode)) return usage_error("a journal must be a plain file", {path});
  if (status.st_size > 0)
    return usage_error(
        "there is a file already: --resume goes on with a journal, a new one needs another name", {path});
  if (::fchmod(state->fd.get(), 0600) != 0) return io_error("cannot make " + path + " private", errno);
  if (name == Name::kAtOnce) {
    if (Result<void> durable = sync_folder(path); !durable) return durable.error();
  } else {
    // Now: somebody may remove it meanwhile, which is no failure of the run.
    state->folder = open_folder(path);
    if (!state->folder) return io_error("cannot make " + path + " durable", errno);
  }
  std::unique_ptr<JournalFile> file(new JournalFile(std::move(state)));
  if (name == Name::kWithFirstSync) {
    file->state_->begin_preamble();
    return file;
  }
  if (Result<void> begun = file->go_on(0); !begun) return begun.error();
  return file;
}

std::unique_ptr<JournalFile> JournalFile::in_memory() {
  return std::unique_ptr<JournalFile>(new JournalFile(std::make_unique<State>(std::string())));
}

Result<std::unique_ptr<JournalFile>> JournalFile::open(const std::string& path, Duration patience) {
  auto state = std::make_unique<State>(path);
  state->fd = OwnedFd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!state->fd) {
    Error error = io_error("cannot open the journal " + path, errno);
    error.code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnreadable;
    return error;
  }
  struct stat status = {};
  if (::fstat(state->fd.get(), &status) != 0) return io_error("cannot read " + path, errno);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::kUnreadable, "a journal is a plain file", {path}};
  if (Result<void> locked = lock(state->fd.get(), path, patience); !locked) return locked.error();
  return std::unique_ptr<JournalFile>(new JournalFile(std::move(state)));
}

std::unique_ptr<JournalFile> JournalFile::none() {
  auto state = std::make_unique<State>("");
  state->is_none = true;
  return std::unique_ptr<JournalFile>(new JournalFile(std::move(state)));
}

const std::string& JournalFile::path() const { return state_->path; }
int JournalFile::descriptor() const { return state_->fd.get(); }

Result<void> JournalFile::go_on(std::uint64_t end) {
  State& state = *state_;
  if (::ftruncate(state.fd.get(), static_cast<off_t>(end)) != 0 ||
      ::lseek(state.fd.get(), static_cast<off_t>(end), SEEK_SET) < 0)
    return io_error("cannot write " + state.path, errno);
  state.end = end;
  if (end < kPreambleSize) state.begin_preamble();
  flush();
  if (::fdatasync(state.fd.get()) != 0) state.fail(io_error("cannot make " + state.path + " durable", errno));
  state.is_unsynced = false;
  const std::optional<Error> failure = error();
  return failure ? Result<void>(*failure) : Result<void>();
}

/// Whoever reads it still does so; its space is free when it is closed.
void JournalFile::State::give_up() {
  is_given_up = true;
  is_unsynced = false;
  buffer.clear();
  ::unlink(path.c_str());
}

std::uint64_t JournalFile::State::append(std::string_view payload) {
  const std::uint64_t place = end;
  if (is_none || is_given_up) return place;
  if (!fd) {
    payloads.emplace_back(payload);
    payload_bytes += payload.size();
    return place;
  }
  if (payload.empty() || payload.size() > kMaxRecord) {
    fail({ErrorCode::kInvalidValue, "a value is too large for the journal", {path}});
    return place;
  }
  const auto frame = record_frame(place, payload);
  const auto trailer = record_trailer(place, payload);
  buffer.append(frame.data(), frame.size()).append(payload).append(trailer.data(), trailer.size());
  end = place + frame.size() + payload.size() + trailer.size();
  if (end > most) {
    give_up();
    return place;
  }
  if (buffer.size() >= kBuffer) write_out();
  return place;
}

std::uint64_t JournalFile::append(std::string_view payload) {
  state_->is_unsynced = state_->fd && !state_->is_given_up;
  return state_->append(payload);
}

void JournalFile::give_up_beyond(std::uint64_t bytes) { state_->most = bytes; }
bool JournalFile::is_given_up() const { return state_->is_given_up; }
const std::vector<std::string>& JournalFile::payloads() const { return state_->payloads; }
std::size_t JournalFile::payload_bytes() const { return state_->payload_bytes; }

std::uint64_t JournalFile::append_lazily(std::string_view payload) { return state_->append(payload); }

void JournalFile::flush() { state_->write_out(); }

void JournalFile::sync(std::function<void()> done) {
  State& state = *state_;
  state.write_out();
  {
    const std::lock_guard lock(state.mutex);
    if (!is_durable() && !state.error) {
      state.is_unsynced = false;
      ++state.asked;
      state.waiting.push_back(std::move(done));
      if (!state.thread.joinable()) state.thread = std::thread([&state] { state.run_syncs(); });
      done = nullptr;
    }
  }
  if (done) return done();
  state.wanted.notify_one();
}

void JournalFile::sync_and_wait() {
  if (!state_->fd || state_->is_given_up) return;
  state_->is_unsynced = true;
  std::mutex mutex;
  std::condition_variable changed;
  bool is_done = false;
  sync([&] {
    const std::lock_guard lock(mutex);
    is_done = true;
    changed.notify_one();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&is_done] { return is_done; });
}

bool JournalFile::is_durable() const {
  return !state_->is_unsynced && state_->asked == state_->served.load(std::memory_order_acquire);
}

bool JournalFile::has_failed() const { return state_->has_failed; }

std::optional<Error> JournalFile::error() const {
  const std::lock_guard lock(state_->mutex);
  return state_->error;
}

}  // namespace vnode
