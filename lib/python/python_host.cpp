#include "python/python_host.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "model/json_reader.h"

namespace vnode {
namespace {

using namespace std::string_view_literals;

/// How long a process whose connection has closed may take to end by itself, and to be known to have ended.
constexpr Duration kOwnEnd = std::chrono::milliseconds(200);
constexpr Duration kDeathNews = std::chrono::seconds(1);
/// A stray line longer than this is reported in pieces.
constexpr std::size_t kLongestLine = 64 * 1024;
/// How much of its stderr is kept to explain a death.
constexpr std::size_t kKeptErrors = 4 * 1024;
/// What it writes to its pipes when its program begins (host/85_process.py).
constexpr std::string_view kStartMark = "\0vnode's host begins\0\n"sv;
/// What a host can be woken for.
enum Wake { kChannelWake = 1, kOutputWake = 2, kErrorsWake = 4 };

}  // namespace

PythonHost::PythonHost(std::unique_ptr<HostProcess> process, FdWatcher& watcher, HostListener& listener,
                       std::function<void()> wake, const Clock& clock, std::shared_ptr<const SecretMask> mask)
    : interpreter_(process->interpreter()),
      process_(std::move(process)),
      watcher_(watcher),
      listener_(listener),
      wake_(std::move(wake)),
      clock_(clock),
      channel_(std::move(process_->connection.channel)),
      mask_(std::move(mask)),
      output_(std::move(process_->connection.output), false, *mask_),
      errors_(std::move(process_->connection.errors), true, *mask_) {
  process_->set_listener(wake_);
}

PythonHost::~PythonHost() {
  release();
  close_output();
}

void PythonHost::flush() {
  const std::string news = objects_->take_free_message();
  if (!news.empty()) channel_.queue(news);
  channel_.flush();
}

bool PythonHost::pump(Duration time) {
  if (is_dead()) return pump_output();
  if (channel_.has_queued() || channel_.has_unsent()) flush();
  bool something = false;
  std::string_view frame;
  if (state_ == State::kAlive) {
    // Before the look at what has arrived: its last frames have, when it has ended.
    const bool has_ended = process_->exit().has_value();
    const FrameChannel::Receipt receipt = channel_.receive(frame, has_ended ? Duration::zero() : time);
    something = receipt != FrameChannel::Receipt::kNothing;
    // One that has ended may have left its end of the connection to a child.
    const bool is_over = receipt == FrameChannel::Receipt::kNothing && has_ended;
    if (receipt == FrameChannel::Receipt::kClosed || is_over) handle_end();
    if (receipt == FrameChannel::Receipt::kFrame) handle_frames(frame);
  }
  if (state_ == State::kClosed) {
    check_death();
    something |= is_dead();
  }
  pump_output();
  return something;
}

/// Goes on beyond the host's death: what its nodes have started may write while it cleans up. True when the
/// last of it has been read.
bool PythonHost::pump_output() {
  const int wakes = wakes_->exchange(0);
  watched_ &= ~wakes;
  const bool is_gone = is_dead() && process_->is_gone();
  if (is_gone && !std::exchange(is_released_, true)) process_->end();  // its supervisor has no more to do
  if (!output_.pipe && !errors_.pipe) return false;
  if (is_gone || (wakes & (kOutputWake | kErrorsWake))) read_output();
  if (!is_gone) return false;
  end_output(true);
  close_output();
  return true;
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
    if (!has_answered_) on_hello(message.as_list());
    has_said_goodbye_ |= message.as_list()[0].as_text() == "goodbye";
    listener_.on_message(*this, message.as_list());
  }
}

void PythonHost::on_hello(std::span<const Value> message) {
  read_output();
  has_answered_ = true;
  if (!errors_.has_begun) last_errors_.clear();
  const bool has_name = message.size() > 1 && message[1].is_text();
  if (has_name) remember_interpreter(interpreter_, std::string(message[1].as_text()));
  if (message.size() < 3 || !message[2].is_int()) return;
  speaker_ = static_cast<pid_t>(message[2].as_int());
  process_->set_speaker(speaker_);
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
  if (!process_->exit()) {
    const Duration waited = clock_.steady_now() - closed_at_;
    if (waited >= kOwnEnd && !cut_off_ && !has_said_goodbye_) {
      // Whatever it is still doing, nobody can talk to it any more.
      cut_off_ = true;
      kill();
    }
    if (waited < kDeathNews) return;
  }
  die();
}

void PythonHost::die() {
  end_output(true);
  state_ = State::kDead;
  listener_.on_death(*this);
  release();
}

void PythonHost::interrupt_for(const std::string& label) {
  if (ended_for_.empty()) ended_for_ = label;
  interrupt();
}

void PythonHost::outlive_interrupt() {
  if (!is_being_ended_) ended_for_.clear();
}

void PythonHost::end_for(const std::string& label, Duration grace) {
  if (std::exchange(is_being_ended_, true)) return;
  ended_for_ = label;
  stop(grace);
}

void PythonHost::give_up() {
  if (is_dead()) return;
  is_being_ended_ = true;
  die();
}

void PythonHost::close_output() {
  for (Output* output : {&output_, &errors_}) {
    if (output->pipe) watcher_.forget(output->pipe.get());
    output->pipe.reset();
  }
}

/// A run may see many hosts die: they keep neither descriptors nor contents.
void PythonHost::release() {
  if (channel_.fd() >= 0) watcher_.forget(channel_.fd());
  channel_ = FrameChannel(OwnedFd());
  objects_ = std::make_unique<ObjectTable>();
  variables.clear();
}

void PythonHost::arm() {
  if (!is_dead() && (channel_.has_queued() || channel_.has_unsent())) flush();
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
  if (output_.pipe) watch(output_.pipe.get(), kOutputWake, FdWatcher::Readiness::kReadable);
  if (errors_.pipe) watch(errors_.pipe.get(), kErrorsWake, FdWatcher::Readiness::kReadable);
}

void PythonHost::read_output() {
  read_pipe(output_);
  read_pipe(errors_);
}

void PythonHost::end_output(bool is_last) {
  read_output();
  for (Output* output : {&output_, &errors_}) {
    if (is_last) output->partial += output->masked.finish();
    if (!output->has_begun) continue;
    if (!output->partial.empty()) listener_.on_output(*this, output->partial, output->is_error);
    output->partial.clear();
  }
}

void PythonHost::read_pipe(Output& output) {
  char buffer[16 * 1024];
  // No more than a pipe holds at once: a node that writes for ever must not keep the run in here.
  for (int i = 0; output.pipe && i < 8; ++i) {
    const ssize_t size = ::read(output.pipe.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      watcher_.forget(output.pipe.get());
      output.pipe.reset();
      return;
    }
    const std::string text = output.masked.add(std::string_view(buffer, static_cast<std::size_t>(size)));
    if (output.is_error || !has_answered_) keep_errors(text);
    output.partial.append(text);
    if (skip_beginning(output)) take_lines(output);
  }
}

/// What has been written before the host program's mark is the interpreter's, and no node's. False until the
/// mark is there.
bool PythonHost::skip_beginning(Output& output) {
  if (output.has_begun) return true;
  const std::size_t mark = output.partial.find(kStartMark);
  const bool is_there = mark != std::string::npos;
  const std::size_t skipped =
      is_there ? mark + kStartMark.size()
               : output.partial.size() - std::min(output.partial.size(), kStartMark.size() - 1);
  output.partial.erase(0, skipped);
  output.has_begun = is_there;
  if (is_there && output.is_error) last_errors_ = output.partial;
  return is_there;
}

void PythonHost::take_lines(Output& output) {
  std::string& partial = output.partial;
  std::size_t begin = 0;
  for (;;) {
    std::size_t end = partial.find('\n', begin);
    const bool is_too_long = end == std::string::npos && partial.size() - begin > kLongestLine;
    if (end == std::string::npos && !is_too_long) break;
    if (is_too_long) end = partial.size();
    listener_.on_output(*this, std::string_view(partial).substr(begin, end - begin), output.is_error);
    begin = std::min(end + 1, partial.size());
  }
  partial.erase(0, begin);
}

void PythonHost::keep_errors(std::string_view text) {
  last_errors_.append(text);
  if (last_errors_.size() > kKeptErrors) last_errors_.erase(0, last_errors_.size() - kKeptErrors);
}

bool PythonHost::is_lost() const {
  const std::optional<ProcessEnd> end = process_->exit();
  return end && end->is_lost;
}

/// Of one that a launcher has started, a shell tells 128 and the signal.
int PythonHost::code_of(const ProcessEnd& end) const {
  const bool is_launched = speaker_ != 0 && speaker_ != end.pid;
  return is_launched && end.code > 128 && end.code < 128 + NSIG ? 128 - end.code : end.code;
}

std::string PythonHost::describe_death() const {
  const std::optional<ProcessEnd> end = process_->exit();
  if (is_lost()) return "was ended: the supervisor of its processes has died";
  // Somebody who ends it says nothing of the interpreter.
  const bool is_killed = end && (end->code == -SIGKILL || end->code == -SIGTERM);
  if (!has_answered_ && !is_killed) {
    std::string complaint = last_errors_;
    if (!complaint.empty() && !complaint.ends_with('\n')) complaint += '\n';
    return "is gone, since " + interpreter_.path + " does not work as a Python interpreter: " + complaint +
           (end ? "it " + describe(*end) : "it closed its connection");
  }
  if (broke_protocol_)
    return "sent something that is no message (node code wrote to its connection with vnode)";
  if (!end) return "closed its connection and did not end";
  constexpr int kLostConnection = 70, kDefect = 71;
  if (cut_off_ || end->code == kLostConnection) {
    return "lost its connection to vnode (node code closed the descriptor, perhaps)";
  }
  if (end->code == kDefect) {
    return "failed over a message from vnode (its last lines tell why; a memory limit, perhaps)";
  }
  const int code = code_of(*end);
  if (code >= 0) {
    return "ended with exit code " + std::to_string(code) + " (os._exit, or a library that ends the process)";
  }
  const int signal = -code;
  const char* abbreviation = ::sigabbrev_np(signal);
  const std::string name = "SIG" + std::string(abbreviation ? abbreviation : std::to_string(signal));
  if (signal == SIGKILL) return "was killed (" + name + "): by the system for lack of memory, or by somebody";
  const char* description = ::sigdescr_np(signal);
  return "crashed: " + std::string(description ? description : "signal") + " (" + name + ")";
}

}  // namespace vnode
