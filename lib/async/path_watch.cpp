#include "async/path_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "async/event_loop_state.h"
#include "base/local_disk.h"
#include "base/owned_fd.h"

namespace vnode {
namespace {

// (A socket that is removed lives on with who listens at it: only its number of links tells.)
constexpr std::uint32_t kOfIt = IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_CREATE | IN_DELETE |
                                IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DONT_FOLLOW;
constexpr std::uint32_t kOfFoldersAround = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
/// It is not there any more, or not where it was.
constexpr std::uint32_t kGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT | IN_Q_OVERFLOW;
constexpr std::size_t kReadBytes = 4096;

/// False when something cannot be watched.
bool add_watches(int inotify, const std::string& path) {
  if (::inotify_add_watch(inotify, path.c_str(), kOfIt) < 0) return false;
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;) {
    const std::string folder = path.substr(0, slash);
    if (::inotify_add_watch(inotify, folder.c_str(), kOfFoldersAround | IN_MASK_ADD) < 0) return false;
    slash = folder.rfind('/');
  }
  return true;
}

}  // namespace

/// Outlives the watch while asio or its callback holds it.
struct PathWatch::State : std::enable_shared_from_this<PathWatch::State> {
  State(EventLoop::State& loop, std::function<void()> function)
      : descriptor(loop.context), on_change(std::move(function)) {}

  void wait() {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const asio::error_code& error) {
                            if (!error && !self->is_stopped) self->take();
                          });
  }

  void take() {
    if (!read_all()) return;
    is_calling = true;
    on_change();
    is_calling = false;
    if (!is_stopped) return wait();
    on_change = nullptr;
  }

  /// False when there was nothing, and nothing will come.
  bool read_all() {
    alignas(inotify_event) std::array<char, kReadBytes> bytes{};
    while (true) {
      const ssize_t size = ::read(descriptor.native_handle(), bytes.data(), bytes.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return size < 0 && errno == EAGAIN;
      for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
        inotify_event event{};
        std::memcpy(&event, bytes.data() + at, sizeof event);
        if ((event.mask & kGone) != 0) is_whole = false;
        at += sizeof event + event.len;
      }
    }
  }

  void stop() {
    is_stopped = true;
    asio::error_code ignored;
    descriptor.close(ignored);
    if (!is_calling) on_change = nullptr;
  }

  asio::posix::stream_descriptor descriptor;
  std::function<void()> on_change;
  bool is_whole = true;
  bool is_stopped = false;
  bool is_calling = false;
};

std::unique_ptr<PathWatch> PathWatch::make(EventLoop& loop, const std::string& path,
                                           std::function<void()> on_change) {
  if (!is_on_local_disk(path)) return nullptr;
  OwnedFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify || !add_watches(inotify.get(), path)) return nullptr;
  auto state = std::make_shared<State>(loop.state(), std::move(on_change));
  asio::error_code error;
  state->descriptor.assign(inotify.get(), error);
  if (error) return nullptr;
  (void)inotify.release();
  state->wait();
  return std::unique_ptr<PathWatch>(new PathWatch(std::move(state)));
}

PathWatch::~PathWatch() { state_->stop(); }

bool PathWatch::is_whole() const { return state_->is_whole; }

}  // namespace vnode
