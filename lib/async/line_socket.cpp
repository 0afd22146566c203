#include "async/line_socket.h"

#include <sys/socket.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <cerrno>
#include <limits>
#include <new>
#include <optional>
#include <utility>

#include "async/event_loop_state.h"
#include "async/line_splitter.h"
#include "async/socket_error.h"
#include "base/at_end.h"

namespace vnode {
namespace {

/// A queue of this size is tried before the turn ends.
constexpr std::size_t kFlushSize = 64 * 1024;
/// Not more at once, for the sake of other sockets.
constexpr std::size_t kMostSentAtOnce = 1024 * 1024;
/// What on_unfinished tells of.
constexpr std::size_t kGrowth = 64 * 1024;
/// What on_long_line tells of.
constexpr std::size_t kLongLine = 64 * 1024;
/// Room that a queue keeps while it is empty.
constexpr std::size_t kKeptRoom = 4096;

}  // namespace

/// Outlives the socket while asio or one of its callbacks holds it.
struct LineSocket::State final : EventLoop::State::Unfinished,
                                 std::enable_shared_from_this<LineSocket::State> {
  State(EventLoop::State& own_loop, std::size_t max_line, Callbacks own_callbacks)
      : loop(own_loop),
        descriptor(own_loop.context),
        splitter(max_line, own_callbacks.on_long_line ? kLongLine : std::numeric_limits<std::size_t>::max()),
        callbacks(std::move(own_callbacks)) {}

  void start(OwnedFd connected);
  void abandon();
  void on_turn_end() override;

  bool is_wanting_lines() const { return is_reading && !is_at_end && !is_closing && !is_finished; }
  void want_readable();
  void on_readable();
  void post_resume();
  void resume();
  std::size_t tell_lines(std::string_view bytes);
  void tell_line(std::string_view& bytes);

  std::size_t unsent() const { return queue.size() - sent; }
  void send(std::string_view text);
  std::size_t write(std::string_view text);
  void write_queue();
  void settle();
  void want_writable();
  void post_settle();

  void finish(std::optional<Error> error);
  template <class Function, class... Arguments>
  void call(const Function& function, Arguments&&... arguments);

  EventLoop::State& loop;
  asio::posix::stream_descriptor descriptor;
  LineSplitter splitter;
  Callbacks callbacks;
  int calls = 0;  ///< callbacks that are running

  std::string kept;                    ///< read while nobody wanted lines
  std::size_t kept_at = 0;             ///< where in it the next line begins
  std::string queue;                   ///< to be sent,
  std::size_t sent = 0;                ///< but for so many bytes of it
  std::uint64_t last_turn = 0;         ///< in which something was written at once
  std::optional<int> send_error = {};  ///< writing is over

  bool is_reading = true;
  bool is_at_end = false;    ///< the other side sends no more
  bool is_closing = false;   ///< by close_when_sent
  bool is_finished = false;  ///< nothing is told any more
  bool is_abandoned = false;
  bool is_telling = false;  ///< a callback that waits on the loop must not be told what comes later
  bool is_readable_wanted = false;
  bool is_writable_wanted = false;
  bool is_resume_posted = false;
  bool is_unfinished = false;   ///< on the loop's list
  bool is_drained_due = false;  ///< something had to wait
};

void LineSocket::State::start(OwnedFd connected) {
  asio::error_code error;
  descriptor.assign(connected.get(), error);
  if (!error) {
    (void)connected.release();
    want_readable();
    return;
  }
  asio::post(loop.context,
             [self = shared_from_this(), number = error.value()] { self->finish(io_error(number)); });
}

/// A callback may be running: what it holds stays until it has returned.
template <class Function, class... Arguments>
void LineSocket::State::call(const Function& function, Arguments&&... arguments) {
  if (!function) return;
  ++calls;
  const AtEnd ended([this] {
    if (--calls == 0 && is_abandoned) callbacks = {};
  });
  function(std::forward<Arguments>(arguments)...);
}

void LineSocket::State::abandon() {
  // What only waits for the end of the turn has not been refused by the system.
  if (unsent() > 0 && !is_writable_wanted) write_queue();
  is_finished = true;
  is_abandoned = true;
  asio::error_code ignored;
  descriptor.close(ignored);
  queue = {};
  sent = 0;
  kept = {};
  if (calls == 0) callbacks = {};
}

void LineSocket::State::finish(std::optional<Error> error) {
  if (std::exchange(is_finished, true)) return;
  // TCP takes back what the peer has not read yet if the socket is closed with something unread in it.
  std::unique_ptr<char[]> buffer = loop.take_read_buffer();
  for (int i = 0; i < 4 && !error; ++i) {
    const ssize_t size =
        ::recv(descriptor.native_handle(), buffer.get(), EventLoop::State::kReadSize, MSG_DONTWAIT);
    if (size <= 0) break;
  }
  loop.give_back(std::move(buffer));
  asio::error_code ignored;
  descriptor.close(ignored);
  queue = {};
  sent = 0;
  kept = {};
  call(callbacks.on_closed, error ? &*error : nullptr);
}

void LineSocket::State::want_readable() {
  if (is_readable_wanted || !is_wanting_lines() || !kept.empty()) return;
  is_readable_wanted = true;
  descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                        [self = shared_from_this()](const asio::error_code& error) {
                          self->is_readable_wanted = false;
                          if (!error) self->on_readable();
                        });
}

/// One piece each time, then it is the other sockets' turn.
void LineSocket::State::on_readable() {
  if (is_telling || !is_wanting_lines() || !kept.empty()) return;
  std::unique_ptr<char[]> buffer = loop.take_read_buffer();
  const ssize_t size =
      ::recv(descriptor.native_handle(), buffer.get(), EventLoop::State::kReadSize, MSG_DONTWAIT);
  const int error_number = size < 0 ? errno : 0;
  if (size > 0) {
    const std::string_view bytes(buffer.get(), static_cast<std::size_t>(size));
    const std::size_t before = splitter.unfinished() / kGrowth;
    kept.assign(bytes.substr(tell_lines(bytes)));
    kept_at = 0;
    if (splitter.unfinished() / kGrowth > before && !is_finished) call(callbacks.on_unfinished);
  }
  loop.give_back(std::move(buffer));
  if (size > 0 || is_later(error_number)) {
    if (!kept.empty()) post_resume();
    want_readable();
  } else if (size == 0) {
    is_at_end = true;
    write_queue();
    settle();
  } else {
    finish(io_error(error_number));
  }
}

/// Returns how many bytes were dealt with: fewer than all when reading was switched off meanwhile.
std::size_t LineSocket::State::tell_lines(std::string_view bytes) {
  const std::size_t size = bytes.size();
  is_telling = true;
  const AtEnd told([this] { is_telling = false; });
  while (!bytes.empty() && is_wanting_lines()) tell_line(bytes);
  return is_closing || is_finished ? size : size - bytes.size();
}

void LineSocket::State::tell_line(std::string_view& bytes) {
  std::string line;
  LineSplitter::Found found = LineSplitter::Found::kNothing;
  try {
    found = splitter.next(bytes, line);
  } catch (const std::bad_alloc&) {
    return call(callbacks.on_no_memory);
  }
  switch (found) {
    case LineSplitter::Found::kLine:
      return call(callbacks.on_line, std::move(line));
    case LineSplitter::Found::kLongLine:
      return call(callbacks.on_long_line, splitter.take_long_line());
    case LineSplitter::Found::kTooLong:
      return call(callbacks.on_too_long);
    case LineSplitter::Found::kNothing:
      return;
  }
}

void LineSocket::State::post_resume() {
  if (!is_wanting_lines() || std::exchange(is_resume_posted, true)) return;
  asio::post(loop.context, [self = shared_from_this()] {
    self->is_resume_posted = false;
    self->resume();
  });
}

void LineSocket::State::resume() {
  if (is_telling || !is_wanting_lines()) return;
  // Held here, as it must not go while a line is being told.
  std::string bytes = std::exchange(kept, {});
  const std::size_t at = kept_at + tell_lines(std::string_view(bytes).substr(kept_at));
  if (at < bytes.size()) {
    kept = std::move(bytes);
    kept_at = at;
    post_resume();
  }
  want_readable();
}

void LineSocket::State::send(std::string_view text) {
  if (text.empty() || is_finished || is_closing || send_error) return;
  // The first text of a turn goes out at once, and what comes behind it together at the end.
  if (unsent() == 0 && last_turn != loop.turn) {
    last_turn = loop.turn;
    text.remove_prefix(write(text));
    if (text.empty() || send_error) return;
  }
  if (sent > queue.size() / 2) {
    queue.erase(0, sent);
    sent = 0;
  }
  queue.append(text);
  is_drained_due = true;
  if (is_writable_wanted) return;
  if (unsent() >= kFlushSize) write_queue();
  if (!std::exchange(is_unfinished, true)) loop.unfinished.push_back(shared_from_this());
}

/// Returns how much the system has taken.
std::size_t LineSocket::State::write(std::string_view text) {
  const ssize_t size =
      ::send(descriptor.native_handle(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (is_later(errno)) return 0;
  send_error = errno;
  queue.clear();
  sent = 0;
  post_settle();
  return 0;
}

void LineSocket::State::write_queue() {
  for (std::size_t total = 0; unsent() > 0 && total < kMostSentAtOnce;) {
    const std::size_t size = write(std::string_view(queue).substr(sent));
    if (size == 0) return;
    sent += size;
    total += size;
  }
  if (unsent() > 0) return;
  queue.clear();
  sent = 0;
  if (queue.capacity() > kKeptRoom) queue.shrink_to_fit();
}

void LineSocket::State::on_turn_end() {
  is_unfinished = false;
  if (is_finished) return;
  if (!is_writable_wanted) write_queue();
  settle();
}

void LineSocket::State::post_settle() {
  asio::post(loop.context, [self = shared_from_this()] { self->settle(); });
}

/// Draws the conclusions from the state of the queue. Only from within `wait_until`. When sending has failed,
/// lines that came before are still to be read, and then the end.
void LineSocket::State::settle() {
  if (is_finished) return;
  if (unsent() > 0) {
    want_writable();
  } else if (is_closing || is_at_end) {
    const bool is_broken = send_error && *send_error != EPIPE;
    finish(is_broken ? std::optional(io_error(*send_error)) : std::nullopt);
  } else if (std::exchange(is_drained_due, false)) {
    call(callbacks.on_drained);
  }
}

void LineSocket::State::want_writable() {
  if (std::exchange(is_writable_wanted, true)) return;
  descriptor.async_wait(asio::posix::stream_descriptor::wait_write,
                        [self = shared_from_this()](const asio::error_code& error) {
                          self->is_writable_wanted = false;
                          if (error || self->is_finished) return;
                          self->write_queue();
                          self->settle();
                        });
}

LineSocket::LineSocket(EventLoop& loop, OwnedFd connected, std::size_t max_line, Callbacks callbacks)
    : state_(std::make_shared<State>(loop.state(), max_line, std::move(callbacks))) {
  state_->start(std::move(connected));
}

LineSocket::~LineSocket() { state_->abandon(); }

void LineSocket::send(std::string_view text) { state_->send(text); }

std::size_t LineSocket::unsent() const { return state_->unsent(); }

std::size_t LineSocket::unread() const { return state_->splitter.unfinished(); }

void LineSocket::set_max_line(std::size_t max_line) { state_->splitter.set_max_line(max_line); }

void LineSocket::set_reading(bool is_reading) {
  state_->is_reading = is_reading;
  if (!is_reading) return;
  if (!state_->kept.empty()) state_->post_resume();
  state_->want_readable();
}

void LineSocket::close_when_sent() {
  if (state_->is_finished || std::exchange(state_->is_closing, true)) return;
  state_->kept = {};
  if (state_->unsent() == 0 || state_->send_error) state_->post_settle();
}

}  // namespace vnode
