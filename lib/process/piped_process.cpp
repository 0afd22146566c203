#include "process/piped_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace vnode {
namespace {

constexpr std::size_t kPumpSize = 64 * 1024;
/// Others of the watcher's thread have their turn after so many.
constexpr int kMostReads = 16;

/// All that is read is read on the watcher's thread.
class Pipes : public std::enable_shared_from_this<Pipes> {
 public:
  Pipes(FdWatcher& watcher, std::shared_ptr<ProcessListener> listener)
      : watcher_(watcher), listener_(std::move(listener)) {}

  /// The writing ends, or the error number.
  int open(std::vector<OwnedFd>& ends) {
    for (OwnedFd& reader : readers_) {
      std::array<int, 2> pair{};
      if (::pipe2(pair.data(), O_CLOEXEC) != 0) return errno;
      reader = OwnedFd(pair[0]);
      ends.emplace_back(pair[1]);
      ::fcntl(pair[0], F_SETFL, O_NONBLOCK);  // this end only
    }
    return 0;
  }

  void watch_all() {
    watch(0);
    watch(1);
  }
  void forget_all() {
    for (const OwnedFd& reader : readers_) watcher_.forget(reader.get());
  }

  void on_end(const ProcessEnd& end) {
    for (std::size_t stream = 0; stream < readers_.size(); ++stream) {
      // What it wrote is in the pipe by now; what is not is another's.
      while (readers_[stream] && read(stream) == Reading::kMore) continue;
    }
    const std::shared_ptr<ProcessListener> listener = std::exchange(listener_, nullptr);
    listener->on_end(end);
  }

 private:
  enum class Reading { kMore, kNothing, kEnd };

  void watch(std::size_t stream) {
    watcher_.watch(readers_[stream].get(), FdWatcher::Readiness::kReadable,
                   [self = shared_from_this(), stream] { self->on_ready(stream); });
  }

  void on_ready(std::size_t stream) {
    if (!readers_[stream]) return;
    for (int i = 0; i < kMostReads; ++i) {
      const Reading reading = read(stream);
      if (reading == Reading::kEnd) return;
      if (reading == Reading::kNothing) break;
    }
    watch(stream);
  }

  Reading read(std::size_t stream) {
    std::array<char, kPumpSize> buffer;
    const ssize_t size = ::read(readers_[stream].get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) return Reading::kMore;
    if (size < 0 && errno == EAGAIN) return Reading::kNothing;
    if (size <= 0) {
      watcher_.forget(readers_[stream].get());
      readers_[stream].reset();
      return Reading::kEnd;
    }
    if (listener_)
      listener_->on_output(stream == 0 ? OutputStream::kOutput : OutputStream::kErrors,
                           {buffer.data(), static_cast<std::size_t>(size)});
    return Reading::kMore;
  }

  FdWatcher& watcher_;
  std::array<OwnedFd, 2> readers_;
  std::shared_ptr<ProcessListener> listener_;
};

}  // namespace

Result<ProcessNumber> start_piped(RunProcesses& processes, FdWatcher& watcher, ProcessStart start,
                                  std::shared_ptr<ProcessListener> listener) {
  const auto pipes = std::make_shared<Pipes>(watcher, std::move(listener));
  std::vector<OwnedFd> ends;
  if (const int error = pipes->open(ends)) return io_error("cannot start a process: pipe", error);
  for (OwnedFd& other : start.outputs) ends.push_back(std::move(other));
  start.outputs = std::move(ends);
  // Before it is started: afterwards only the watcher's thread has to do with them.
  pipes->watch_all();
  Result<ProcessNumber> number =
      processes.start(std::move(start), [pipes](const ProcessEnd& end) { pipes->on_end(end); });
  if (!number) pipes->forget_all();
  return number;
}

}  // namespace vnode
