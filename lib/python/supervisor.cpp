#include "python/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

#include "model/json_reader.h"
#include "model/value.h"
#include "python/control_socket.h"
#include "python/supervisor_start.h"

namespace vnode {
namespace {

using Readiness = FdWatcher::Readiness;

/// How long the hosts' processes may take to go.
constexpr std::chrono::seconds kEndPatience(1);
constexpr std::size_t kMaxComplaint = 4096;

std::string request(const char* op, HostNumber host) {
  return std::string(R"({"op":")") + op + R"(","host":)" + std::to_string(host) + "}";
}

int number_in(const Dict& packet, std::string_view key) {
  const Value* number = packet.find(key);
  return number && number->is_int() ? static_cast<int>(number->as_int()) : 0;
}

struct HostEnds {
  HostConnection ours;
  std::vector<OwnedFd> theirs;  ///< channel, stdout, stderr
};

Result<HostEnds> make_host_ends() {
  HostEnds ends;
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return io_error("socketpair", errno);
  ends.ours.channel = OwnedFd(pair[0]);
  ends.theirs.emplace_back(pair[1]);
  for (OwnedFd* reader : {&ends.ours.output, &ends.ours.errors}) {
    if (::pipe2(pair.data(), O_CLOEXEC) != 0) return io_error("pipe", errno);
    *reader = OwnedFd(pair[0]);
    ends.theirs.emplace_back(pair[1]);
  }
  // Our ends only: the host may block.
  for (const OwnedFd* end : {&ends.ours.channel, &ends.ours.output, &ends.ours.errors}) {
    ::fcntl(end->get(), F_SETFL, O_NONBLOCK);
  }
  return ends;
}

}  // namespace

/// The `on_` functions run on the watcher's thread.
struct Supervisor::State {
  State(StartedSupervisor started, FdWatcher& fd_watcher)
      : watcher(fd_watcher),
        process(std::move(started.process)),
        control(std::move(started.control)),
        errors(std::move(started.errors)) {}

  void watch_all();
  void watch_control();
  void on_control();
  void read_packets();
  void on_errors();
  bool read_errors();
  void on_end();
  void end_hosts();
  Result<void> send(std::string packet, std::vector<OwnedFd> descriptors = {});
  void shut_down();
  bool ends_within(std::unique_lock<std::mutex>& lock, std::chrono::seconds patience);

  FdWatcher& watcher;
  HostTable hosts;

  mutable std::mutex mutex;
  ChildProcess process;
  ControlSocket control;
  OwnedFd errors;
  std::string text;  ///< the end of what came from `errors`
  std::optional<int> status;
  bool is_control_closed = false;
  std::atomic<bool> is_ready = false;
  std::condition_variable ended;
};

void Supervisor::State::watch_all() {
  std::lock_guard lock(mutex);
  watch_control();
  watcher.watch(errors.get(), Readiness::kReadable, [this] { on_errors(); });
  watcher.watch(process.fd(), Readiness::kReadable, [this] { on_end(); });
}

/// With the lock.
void Supervisor::State::watch_control() {
  if (is_control_closed) return;
  const Readiness readiness = control.has_unsent() ? Readiness::kBoth : Readiness::kReadable;
  watcher.watch(control.fd(), readiness, [this] { on_control(); });
}

void Supervisor::State::on_control() {
  read_packets();
  std::lock_guard lock(mutex);
  control.flush();
  watch_control();
}

void Supervisor::State::read_packets() {
  for (;;) {
    std::string packet;
    {
      std::lock_guard lock(mutex);
      const ControlSocket::Receipt receipt = control.receive(packet);
      if (receipt == ControlSocket::Receipt::kClosed)
        is_control_closed = true;  // the process is about to end
      if (receipt != ControlSocket::Receipt::kPacket) return;
    }
    const Result<Value> value = parse_json(packet);
    if (!value || !value->is_dict()) continue;
    const Dict fields = value->as_dict();
    const Value* op = fields.find("op");
    if (!op || !op->is_text()) continue;
    const HostNumber host = number_in(fields, "host");
    if (op->as_text() == "ready") is_ready = true;
    if (op->as_text() == "forked") hosts.set_forked(host, number_in(fields, "pid"));
    if (op->as_text() == "exited") hosts.set_exited(host, number_in(fields, "status"));
  }
}

void Supervisor::State::on_errors() {
  std::lock_guard lock(mutex);
  if (read_errors()) watcher.watch(errors.get(), Readiness::kReadable, [this] { on_errors(); });
}

/// With the lock. False when nothing more will come.
bool Supervisor::State::read_errors() {
  std::array<char, kMaxComplaint> buffer;
  for (;;) {
    const ssize_t count = ::read(errors.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 && errno == EAGAIN;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxComplaint) text.erase(0, text.size() - kMaxComplaint);
  }
}

void Supervisor::State::on_end() {
  read_packets();  // the last exits
  {
    std::lock_guard lock(mutex);
    read_errors();
    // Its number still belongs to its process group: hosts that had not yet left it.
    process.kill_group();
    status = process.reap();
    if (!status) status = -SIGKILL;
    is_control_closed = true;
    ended.notify_all();
  }
  end_hosts();
}

/// Nobody is left who would end them.
void Supervisor::State::end_hosts() {
  // A session's leader gave it its number, which stays taken until all have gone.
  for (const pid_t leader : hosts.running_processes()) ::kill(-leader, SIGKILL);
  hosts.end_all(-SIGKILL);
}

/// With the lock.
Result<void> Supervisor::State::send(std::string packet, std::vector<OwnedFd> descriptors) {
  const bool was_full = control.has_unsent();
  Result<void> sent = control.send(std::move(packet), std::move(descriptors));
  if (!was_full && control.has_unsent()) watch_control();
  return sent;
}

void Supervisor::State::shut_down() {
  std::unique_lock lock(mutex);
  control.end_sending();
  // Without hosts it has nothing to clean up, nor before it is ready, which some take seconds for.
  if (!is_ready || !hosts.has_running() || !ends_within(lock, kEndPatience)) {
    process.kill_group();
    ends_within(lock, kEndPatience);
  }
  lock.unlock();
  for (const int fd : {control.fd(), errors.get(), process.fd()}) watcher.forget(fd);
  end_hosts();  // should even SIGKILL have taken too long
}

bool Supervisor::State::ends_within(std::unique_lock<std::mutex>& lock, std::chrono::seconds patience) {
  return ended.wait_for(lock, patience, [this] { return status.has_value(); });
}

Supervisor::Supervisor(std::unique_ptr<State> state) : state_(std::move(state)) {}

Supervisor::~Supervisor() { state_->shut_down(); }

Result<std::unique_ptr<Supervisor>> Supervisor::start(const Interpreter& interpreter, FdWatcher& watcher,
                                                      const HostProgram& program) {
  Result<StartedSupervisor> started = start_supervisor(interpreter, program);
  if (!started) return started.error();
  auto state = std::make_unique<State>(std::move(*started), watcher);
  try {
    state->watch_all();
  } catch (const std::system_error& error) {  // no thread to be had
    return Error{ErrorCode::kUnavailable, error.what()};
  }
  return std::unique_ptr<Supervisor>(new Supervisor(std::move(state)));
}

Result<HostConnection> Supervisor::start_host(std::function<void()> on_exit) {
  Result<HostEnds> ends = make_host_ends();
  if (!ends) return ends.error();
  std::unique_lock lock(state_->mutex);
  if (state_->status) return Error{ErrorCode::kUnavailable, "the interpreter's supervisor has ended"};
  const HostNumber host = ends->ours.host = state_->hosts.add(std::move(on_exit));
  const Result<void> sent = state_->send(request("fork", host), std::move(ends->theirs));
  lock.unlock();
  if (!sent) {
    state_->hosts.forget(host);
    return sent.error();
  }
  return std::move(ends->ours);
}

void Supervisor::terminate_children(HostNumber host) {
  std::lock_guard lock(state_->mutex);
  (void)state_->send(request("term", host));
}

void Supervisor::interrupt(HostNumber host) {
  std::lock_guard lock(state_->mutex);
  (void)state_->send(request("interrupt", host));
}

void Supervisor::kill(HostNumber host) {
  std::lock_guard lock(state_->mutex);
  (void)state_->send(request("kill", host));
}

std::optional<int> Supervisor::exit_status(HostNumber host) const { return state_->hosts.exit_status(host); }

void Supervisor::forget(HostNumber host) { state_->hosts.forget(host); }

bool Supervisor::is_alive() const {
  std::lock_guard lock(state_->mutex);
  return !state_->status;
}

std::string Supervisor::complaint() const {
  std::lock_guard lock(state_->mutex);
  std::string complaint = state_->text;
  if (!state_->status) return complaint;
  if (!complaint.empty() && !complaint.ends_with('\n')) complaint += '\n';
  const int status = *state_->status;
  return complaint + (status < 0 ? "killed by signal " + std::to_string(-status)
                                 : "ended with exit code " + std::to_string(status));
}

}  // namespace vnode
