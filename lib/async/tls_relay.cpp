#include "async/tls_relay.h"

#include <sys/socket.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <optional>
#include <string>
#include <utility>

#include "async/event_loop_state.h"
#include "async/socket_error.h"

namespace vnode {
namespace {

using Descriptor = asio::posix::stream_descriptor;

/// Answers to what the other side makes TLS do by itself come on top of what was sent.
constexpr std::size_t kMostRelayed = 256 * 1024;
/// What is read before the handshake is done.
constexpr std::size_t kMostEarly = 64 * 1024;
/// Tries to send what is left when it is destroyed.
constexpr int kLastPieces = 16;

/// As much as the system takes; 0, or why it takes no more.
int write_some(Descriptor& descriptor, std::string& bytes) {
  std::size_t sent = 0;
  int error_number = 0;
  while (sent < bytes.size()) {
    const ssize_t size = ::send(descriptor.native_handle(), bytes.data() + sent, bytes.size() - sent,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0) {
      error_number = errno;
      break;
    }
    sent += static_cast<std::size_t>(size);
  }
  bytes.erase(0, sent);
  if (bytes.empty()) bytes.shrink_to_fit();
  return is_later(error_number) ? 0 : error_number;
}

}  // namespace

/// Outlives the relay while asio or its callback holds it.
struct TlsRelay::State : std::enable_shared_from_this<TlsRelay::State> {
  /// One of the two sockets.
  struct Side {
    explicit Side(asio::io_context& context) : descriptor(context) {}

    Descriptor descriptor;
    std::string unsent = {};  ///< for it
    bool is_at_end = false;   ///< nothing more comes from it
    bool is_shut = false;     ///< nothing more goes to it
    bool is_readable_wanted = false;
    bool is_writable_wanted = false;
  };

  State(EventLoop::State& own_loop, TlsStream own_stream, OnEnded function, Duration time)
      : loop(own_loop),
        network(loop.context),
        plain(loop.context),
        timer(loop.context),
        stream(std::move(own_stream)),
        on_ended(std::move(function)),
        patience(time) {}

  void start(OwnedFd network_fd, OwnedFd plain_fd);
  void abandon();
  void finish(std::optional<Error> error);
  void fail(Error error);
  void lose_network(Error why);
  void drop_unread();
  void close();

  std::optional<std::string_view> read(Side& side, char* buffer);
  void on_network_readable();
  void on_plain_readable();
  void receive(std::string_view bytes);
  void advance();
  void encrypt();
  bool flush();
  void pass_on_ends();

  bool wants_network() const;
  bool wants_plain() const;
  void want_readable(Side& side, void (State::*on_readable)());
  void want_writable(Side& side);
  void want_hang_up();
  void part();
  void start_parting();

  EventLoop::State& loop;
  Side network;
  Side plain;
  asio::steady_timer timer;
  TlsStream stream;
  OnEnded on_ended;
  const Duration patience;
  std::string unencrypted;         ///< from the plain side, to be encrypted
  bool is_plain_deaf = false;      ///< what comes for it is dropped
  bool is_goodbye_sent = false;    ///< TLS has been told that the plain side has ended
  bool is_parting = false;         ///< the timer runs
  bool has_sent = false;           ///< since the timer was set
  std::optional<Error> loss = {};  ///< why nothing can be sent any more, while both sides were there
  bool is_finished = false;
};

void TlsRelay::State::start(OwnedFd network_fd, OwnedFd plain_fd) {
  asio::error_code error;
  network.descriptor.assign(network_fd.get(), error);
  if (!error) (void)network_fd.release();
  if (!error) plain.descriptor.assign(plain_fd.get(), error);
  if (!error) (void)plain_fd.release();
  asio::post(loop.context, [self = shared_from_this(), number = error.value()] {
    if (number != 0) return self->finish(io_error(number));
    self->want_hang_up();
    self->receive({});
    self->advance();
  });
}

/// The last chance of what the plain side has written.
void TlsRelay::State::abandon() {
  on_ended = nullptr;
  if (is_finished) return;
  is_finished = true;
  std::unique_ptr<char[]> buffer = loop.take_read_buffer();
  for (int i = 0; i < kLastPieces && stream.is_open() && !is_goodbye_sent; ++i) {
    if (const auto bytes = read(plain, buffer.get()); bytes && !bytes->empty()) unencrypted.append(*bytes);
    if (unencrypted.empty() || !network.unsent.empty()) break;
    encrypt();
    if (write_some(network.descriptor, network.unsent) != 0) break;
  }
  loop.give_back(std::move(buffer));
  if (stream.is_open() && !is_goodbye_sent) {
    stream.close();
    stream.take_output(network.unsent);
    (void)write_some(network.descriptor, network.unsent);
  }
  drop_unread();
  close();
}

void TlsRelay::State::close() {
  asio::error_code ignored;
  network.descriptor.close(ignored);
  plain.descriptor.close(ignored);
  timer.cancel();
}

/// TCP takes back what the peer has not read yet if the socket is closed with something unread in it.
void TlsRelay::State::drop_unread() {
  std::unique_ptr<char[]> buffer = loop.take_read_buffer();
  for (int i = 0; i < 4 && !network.is_at_end; ++i) {
    if (::recv(network.descriptor.native_handle(), buffer.get(), EventLoop::State::kReadSize, MSG_DONTWAIT) <=
        0)
      break;
  }
  loop.give_back(std::move(buffer));
}

void TlsRelay::State::finish(std::optional<Error> error) {
  if (std::exchange(is_finished, true)) return;
  drop_unread();
  const OnEnded told = std::exchange(on_ended, nullptr);
  if (told) told(error ? &*error : nullptr);
  close();
}

void TlsRelay::State::fail(Error error) {
  if (is_goodbye_sent || network.is_at_end || stream.is_at_end()) return finish(std::nullopt);
  finish(std::move(error));
}

/// Nothing can be sent any more. What the other side had sent before is still to be read, and then the end.
void TlsRelay::State::lose_network(Error why) {
  // Once one side has ended, how the other one ends is of no interest.
  if (!is_goodbye_sent && !network.is_at_end && !stream.is_at_end()) loss = std::move(why);
  network.unsent.clear();
  unencrypted.clear();
  network.is_shut = true;
  is_goodbye_sent = true;
}

/// Nothing at the end; nullopt when there is nothing yet, or it has failed.
std::optional<std::string_view> TlsRelay::State::read(Side& side, char* buffer) {
  const ssize_t size =
      ::recv(side.descriptor.native_handle(), buffer, EventLoop::State::kReadSize, MSG_DONTWAIT);
  if (size > 0) return std::string_view(buffer, static_cast<std::size_t>(size));
  if (size < 0 && is_later(errno)) return std::nullopt;
  if (size < 0 && &side == &network) {
    const int error_number = errno;
    if (!stream.is_open()) {
      fail(io_error(error_number));
      return std::nullopt;
    }
    lose_network(io_error(error_number));  // what came before is still to be passed on
  }
  // A pair whose other end went with something unread in it has an error instead of an end.
  side.is_at_end = true;
  return std::string_view();
}

void TlsRelay::State::on_network_readable() {
  std::unique_ptr<char[]> buffer = loop.take_read_buffer();
  if (const auto bytes = read(network, buffer.get()); bytes && !bytes->empty()) receive(*bytes);
  loop.give_back(std::move(buffer));
  if (network.is_at_end && !stream.is_open()) {
    finish(Error{ErrorCode::kIo, "the other side has gone before the TLS handshake was done"});
  }
  advance();
}

void TlsRelay::State::on_plain_readable() {
  std::unique_ptr<char[]> buffer = loop.take_read_buffer();
  const auto bytes = read(plain, buffer.get());
  // What comes after the network was lost is for nobody; but whoever writes it must not wait for ever.
  if (bytes && !bytes->empty() && !is_goodbye_sent) unencrypted.append(*bytes);
  loop.give_back(std::move(buffer));
  advance();
}

void TlsRelay::State::receive(std::string_view bytes) {
  const Result<void> received = stream.receive(bytes, plain.unsent);
  stream.take_output(network.unsent);
  if (received) return;
  // The other side is told why.
  (void)write_some(network.descriptor, network.unsent);
  ::shutdown(network.descriptor.native_handle(), SHUT_WR);
  fail(received.error());
}

/// Draws the conclusions from what has happened.
void TlsRelay::State::advance() {
  if (is_finished) return;
  if (!flush()) return;
  encrypt();
  if (!flush()) return;
  pass_on_ends();
  if (is_finished) return;
  if (plain.is_at_end) part();
  if (wants_network()) want_readable(network, &State::on_network_readable);
  if (wants_plain()) want_readable(plain, &State::on_plain_readable);
  if (!network.unsent.empty()) want_writable(network);
  if (!plain.unsent.empty()) want_writable(plain);
}

void TlsRelay::State::encrypt() {
  if (!stream.is_open() || is_goodbye_sent || !network.unsent.empty()) return;
  stream.send(unencrypted);
  unencrypted = {};
  if (plain.is_at_end) {
    stream.close();
    is_goodbye_sent = true;
  }
  stream.take_output(network.unsent);
}

/// False when it has finished.
bool TlsRelay::State::flush() {
  const std::size_t before = network.unsent.size();
  if (const int error_number = write_some(network.descriptor, network.unsent); error_number != 0) {
    if (!stream.is_open()) {
      fail(io_error(error_number));
      return false;
    }
    lose_network(io_error(error_number));
  }
  if (network.unsent.size() < before) has_sent = true;
  if (is_plain_deaf) plain.unsent.clear();
  if (write_some(plain.descriptor, plain.unsent) != 0) {
    is_plain_deaf = true;
    plain.unsent.clear();
  }
  return true;
}

void TlsRelay::State::pass_on_ends() {
  const bool has_network_ended = network.is_at_end || stream.is_at_end();
  if (has_network_ended && plain.unsent.empty() && !std::exchange(plain.is_shut, true)) {
    ::shutdown(plain.descriptor.native_handle(), SHUT_WR);
  }
  if (is_goodbye_sent && network.unsent.empty() && !std::exchange(network.is_shut, true)) {
    ::shutdown(network.descriptor.native_handle(), SHUT_WR);
  }
  // Not before: a socket that is closed with something unread in it takes back what was sent.
  if (network.is_shut && has_network_ended && plain.unsent.empty()) finish(std::move(loss));
}

bool TlsRelay::State::wants_network() const {
  return !network.is_at_end && !stream.is_at_end() && plain.unsent.empty() &&
         network.unsent.size() < kMostRelayed;
}

bool TlsRelay::State::wants_plain() const {
  return !plain.is_at_end && network.unsent.empty() && unencrypted.size() < kMostEarly;
}

void TlsRelay::State::want_readable(Side& side, void (State::*on_readable)()) {
  if (std::exchange(side.is_readable_wanted, true)) return;
  side.descriptor.async_wait(Descriptor::wait_read,
                             [self = shared_from_this(), &side, on_readable](const asio::error_code& error) {
                               side.is_readable_wanted = false;
                               if (!error && !self->is_finished) ((*self).*on_readable)();
                             });
}

void TlsRelay::State::want_writable(Side& side) {
  if (std::exchange(side.is_writable_wanted, true)) return;
  side.descriptor.async_wait(Descriptor::wait_write,
                             [self = shared_from_this(), &side](const asio::error_code& error) {
                               side.is_writable_wanted = false;
                               if (!error) self->advance();
                             });
}

/// That the plain side is gone would not be seen while nothing can be read from it.
void TlsRelay::State::want_hang_up() {
  plain.descriptor.async_wait(Descriptor::wait_error,
                              [self = shared_from_this()](const asio::error_code& error) {
                                if (!error && !self->is_finished) self->part();
                              });
}

void TlsRelay::State::part() {
  if (!std::exchange(is_parting, true)) start_parting();
}

/// As long as the other side takes something it may go on.
void TlsRelay::State::start_parting() {
  has_sent = false;
  timer.expires_after(patience);
  timer.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (error || self->is_finished) return;
    if (self->has_sent) return self->start_parting();
    if (self->network.is_shut) return self->finish(std::move(self->loss));
    self->finish(Error{ErrorCode::kIo, self->stream.is_open()
                                           ? "the other side does not read what was left for it"
                                           : "the TLS handshake was not done in time"});
  });
}

TlsRelay::TlsRelay(EventLoop& loop, TlsStream stream, OwnedFd network, OwnedFd plain, OnEnded on_ended,
                   Duration patience)
    : state_(std::make_shared<State>(loop.state(), std::move(stream), std::move(on_ended), patience)) {
  state_->start(std::move(network), std::move(plain));
}

TlsRelay::~TlsRelay() { state_->abandon(); }

bool TlsRelay::is_sent() const { return state_->is_finished || state_->network.is_shut; }

}  // namespace vnode
