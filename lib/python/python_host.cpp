#include "python/python_host.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "model/json_reader.h"

namespace vnode {
namespace {

/// How long a process whose connection has closed may take to end by itself, and to be known to have ended.
constexpr Duration kOwnEnd = std::chrono::milliseconds(200);
constexpr Duration kDeathNews = std::chrono::seconds(1);
/// A stray line longer than this is reported in pieces.
constexpr std::size_t kLongestLine = 64 * 1024;
/// How much of its stderr is kept to explain a death.
constexpr std::size_t kKeptErrors = 4 * 1024;
/// What a host can be woken for.
enum Wake { kChannelWake = 1, kOutputWake = 2, kErrorsWake = 4 };

}  // namespace

PythonHost::PythonHost(Interpreter interpreter, std::shared_ptr<Supervisor> supervisor, FdWatcher& watcher,
                       HostConnection connection, HostListener& listener, std::function<void()> wake,
                       const Clock& clock)
    : interpreter_(std::move(interpreter)),
      supervisor_(std::move(supervisor)),
      watcher_(watcher),
      number_(connection.host),
      listener_(listener),
      wake_(std::move(wake)),
      clock_(clock),
      channel_(std::move(connection.channel)),
      output_(std::move(connection.output)),
      errors_(std::move(connection.errors)) {}

PythonHost::~PythonHost() {
  release();
  kill();
  supervisor_->forget(number_);
}

void PythonHost::kill() {
  // One that has said goodbye ends by itself, and its supervisor sees to what it leaves behind.
  if (!is_dead() && !has_said_goodbye_) supervisor_->kill(number_);
}

void PythonHost::flush() {
  const std::string news = objects_->take_free_message();
  if (!news.empty()) channel_.queue(news);
  channel_.flush();
}

bool PythonHost::pump(Duration time) {
  if (is_dead()) return false;
  if (channel_.has_queued() || channel_.has_unsent()) flush();
  bool something = false;
  std::string_view frame;
  if (state_ == State::kAlive) {
    const FrameChannel::Receipt receipt = channel_.receive(frame, time);
    something = receipt != FrameChannel::Receipt::kNothing;
    if (receipt == FrameChannel::Receipt::kClosed) handle_end();
    if (receipt == FrameChannel::Receipt::kFrame) handle_frames(frame);
  }
  if (state_ == State::kClosed) {
    check_death();
    something |= is_dead();
  }
  const int wakes = wakes_->exchange(0);
  watched_ &= ~wakes;
  if (wakes & (kOutputWake | kErrorsWake)) read_output();
  return something;
}

/// The one that has just been received, and those that came with it.
void PythonHost::handle_frames(std::string_view frame) {
  handle_frame(frame);
  while (state_ == State::kAlive && channel_.receive_buffered(frame)) handle_frame(frame);
}

void PythonHost::handle_frame(std::string_view frame) {
  if (const Result<void> read = read_json(frame, builder_); !read || !builder_.is_complete()) {
    broke_protocol_ = true;
    builder_ = ValueBuilder();
    handle_end();
    return;
  }
  const Value messages = builder_.take();
  if (!messages.is_list()) return;
  for (const Value& message : messages.as_list()) {
    if (!message.is_list() || message.as_list().empty() || !message.as_list()[0].is_text()) continue;
    has_said_goodbye_ |= message.as_list()[0].as_text() == "goodbye";
    listener_.on_message(*this, message.as_list());
  }
}

/// The host has closed its end, or sends what nobody understands.
void PythonHost::handle_end() {
  state_ = State::kClosed;
  closed_at_ = clock_.steady_now();
  listener_.on_closed(*this);
}

std::optional<SteadyTime> PythonHost::deadline() const {
  if (state_ != State::kClosed || has_said_goodbye_) return std::nullopt;
  return closed_at_ + (cut_off_ ? kDeathNews : kOwnEnd);
}

void PythonHost::check_death() {
  if (!supervisor_->exit_status(number_)) {
    const Duration waited = clock_.steady_now() - closed_at_;
    if (waited >= kOwnEnd && !cut_off_) {
      // Whatever it is still doing, nobody can talk to it any more.
      cut_off_ = true;
      supervisor_->kill(number_);
    }
    if (waited < kDeathNews) return;
  }
  end_output();
  state_ = State::kDead;
  listener_.on_death(*this);
  release();
}

/// A run may see many hosts die: they keep neither descriptors nor contents.
void PythonHost::release() {
  for (const int fd : {channel_.fd(), output_.get(), errors_.get()}) {
    if (fd >= 0) watcher_.forget(fd);
  }
  channel_ = FrameChannel(OwnedFd());
  output_.reset();
  errors_.reset();
  objects_ = std::make_unique<ObjectTable>();
  variables.clear();
}

void PythonHost::arm() {
  if (is_dead()) return;
  if (channel_.has_queued() || channel_.has_unsent()) flush();
  const auto watch = [this](int fd, Wake wake, FdWatcher::Readiness readiness) {
    if ((watched_ & wake) && readiness == FdWatcher::Readiness::kReadable) return;
    watched_ |= wake;
    watcher_.watch(fd, readiness, [wakes = wakes_, wake, tell = wake_] {
      wakes->fetch_or(wake);
      tell();
    });
  };
  if (state_ == State::kAlive) {
    watch(channel_.fd(), kChannelWake,
          channel_.has_unsent() ? FdWatcher::Readiness::kBoth : FdWatcher::Readiness::kReadable);
  }
  if (output_) watch(output_.get(), kOutputWake, FdWatcher::Readiness::kReadable);
  if (errors_) watch(errors_.get(), kErrorsWake, FdWatcher::Readiness::kReadable);
}

void PythonHost::read_output() {
  read_pipe(output_, partial_output_, false);
  read_pipe(errors_, partial_errors_, true);
}

void PythonHost::end_output() {
  read_output();
  for (auto [partial, is_error] : {std::pair{&partial_output_, false}, std::pair{&partial_errors_, true}}) {
    if (!partial->empty()) listener_.on_output(*this, *partial, is_error);
    partial->clear();
  }
}

void PythonHost::read_pipe(OwnedFd& pipe, std::string& partial, bool is_error) {
  char buffer[16 * 1024];
  // No more than a pipe holds at once: a node that writes for ever must not keep the run in here.
  for (int i = 0; pipe && i < 8; ++i) {
    const ssize_t size = ::read(pipe.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      watcher_.forget(pipe.get());
      pipe.reset();
      return;
    }
    partial.append(buffer, static_cast<std::size_t>(size));
    if (is_error) {
      last_errors_.append(buffer, static_cast<std::size_t>(size));
      if (last_errors_.size() > kKeptErrors) last_errors_.erase(0, last_errors_.size() - kKeptErrors);
    }
    std::size_t begin = 0;
    for (;;) {
      std::size_t end = partial.find('\n', begin);
      const bool is_too_long = end == std::string::npos && partial.size() - begin > kLongestLine;
      if (end == std::string::npos && !is_too_long) break;
      if (is_too_long) end = partial.size();
      listener_.on_output(*this, std::string_view(partial).substr(begin, end - begin), is_error);
      begin = std::min(end + 1, partial.size());
    }
    partial.erase(0, begin);
  }
}

std::string PythonHost::describe_death() const {
  constexpr int kLostConnection = 70;
  if (!supervisor_->is_alive()) {
    const std::string complaint = supervisor_->complaint();
    return "is gone, since " + interpreter_.path + " does not work as a Python interpreter" +
           (complaint.empty() ? std::string() : ": " + complaint);
  }
  if (broke_protocol_)
    return "sent something that is no message (node code wrote to its connection with vnode)";
  const std::optional<int> status = supervisor_->exit_status(number_);
  if (!status) return "closed its connection and did not end";
  if (cut_off_ || *status == kLostConnection) {
    return "lost its connection to vnode (node code closed the descriptor, perhaps)";
  }
  constexpr int kDefect = 71;
  if (*status == kDefect) {
    return "failed over a message from vnode (its last lines tell why; a memory limit, perhaps)";
  }
  if (*status >= 0) {
    return "ended with exit code " + std::to_string(*status) +
           " (os._exit, or a library that ends the process)";
  }
  const int signal = -*status;
  const char* abbreviation = ::sigabbrev_np(signal);
  const std::string name = "SIG" + std::string(abbreviation ? abbreviation : std::to_string(signal));
  if (signal == SIGKILL) return "was killed (" + name + "): by the system for lack of memory, or by somebody";
  const char* description = ::sigdescr_np(signal);
  return "crashed: " + std::string(description ? description : "signal") + " (" + name + ")";
}

}  // namespace vnode
