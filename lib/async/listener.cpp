#include "async/listener.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "async/event_loop_state.h"

namespace vnode {
namespace {

/// Connections taken in one go, then it is the sockets' turn.
constexpr int kMostAtOnce = 64;
/// How long to leave alone a socket that gives nothing but errors.
constexpr std::chrono::milliseconds kPause(50);

OwnedFd open_reserve() { return OwnedFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

/// Outlives the listener while asio or its callback holds it.
struct Listener::State : std::enable_shared_from_this<Listener::State> {
  State(EventLoop::State& loop, std::function<void(OwnedFd)> function)
      : descriptor(loop.context), timer(loop.context), on_connection(std::move(function)) {}

  void start(OwnedFd listening);
  void stop();
  void wait();
  void pause();
  void accept_some();
  bool turn_away_one();

  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  std::function<void(OwnedFd)> on_connection;
  OwnedFd reserve = open_reserve();
  bool is_stopped = false;
  bool is_calling = false;
};

void Listener::State::start(OwnedFd listening) {
  const int flags = ::fcntl(listening.get(), F_GETFL);
  ::fcntl(listening.get(), F_SETFL, flags | O_NONBLOCK);  // an inherited one may block
  asio::error_code error;
  descriptor.assign(listening.get(), error);
  if (error) return;
  (void)listening.release();
  wait();
}

void Listener::State::stop() {
  is_stopped = true;
  asio::error_code ignored;
  descriptor.close(ignored);
  timer.cancel();
  reserve.reset();
  if (!is_calling) on_connection = nullptr;
}

void Listener::State::wait() {
  descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                        [self = shared_from_this()](const asio::error_code& error) {
                          if (!error && !self->is_stopped) self->accept_some();
                        });
}

void Listener::State::pause() {
  timer.expires_after(kPause);
  timer.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error && !self->is_stopped) self->wait();
  });
}

void Listener::State::accept_some() {
  for (int i = 0; i < kMostAtOnce; ++i) {
    OwnedFd connection(::accept4(descriptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection) {
      is_calling = true;
      on_connection(std::move(connection));
      is_calling = false;
      if (is_stopped) {
        on_connection = nullptr;
        return;
      }
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno == EMFILE || errno == ENFILE) {
      if (!turn_away_one()) return pause();
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return pause();
    }
  }
  wait();
}

/// Another thread may be quicker to take the descriptor that is let go; then there is nothing to accept with.
bool Listener::State::turn_away_one() {
  reserve.reset();
  OwnedFd connection(::accept4(descriptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  const bool is_done = connection || errno == EAGAIN || errno == EWOULDBLOCK;
  connection.reset();
  reserve = open_reserve();
  return is_done;
}

Listener::Listener(EventLoop& loop, OwnedFd listening, std::function<void(OwnedFd)> on_connection)
    : state_(std::make_shared<State>(loop.state(), std::move(on_connection))) {
  state_->start(std::move(listening));
}

Listener::~Listener() { state_->stop(); }

}  // namespace vnode
