#include "apps/vnode/client/daemon_connection.h"

#include "apps/vnode/client/daemon_error.h"
#include "client/daemon_search.h"

namespace vnode {
namespace {

constexpr auto kReplyPatience = std::chrono::seconds(10);
/// In that time a daemon has made the file of its socket again (Listening).
constexpr auto kSocketPatience = std::chrono::seconds(5);
constexpr auto kReconnectPause = std::chrono::milliseconds(200);

CallError interrupted() { return {{.word = "interrupted", .message = "interrupted"}, false}; }

CallError disconnected() {
  return {{.word = "disconnected", .message = "the daemon has closed the connection"}, false};
}

}  // namespace

std::optional<CallError> DaemonConnection::connect() {
  auto connected = find_daemon(address_);
  const SteadyTime until = std::chrono::steady_clock::now() + kSocketPatience;
  while (auto* error = std::get_if<CallError>(&connected)) {
    const bool may_come = error->error.word == "socket_gone" && std::chrono::steady_clock::now() < until;
    if (!may_come || !pause(kReconnectPause)) return std::move(*error);
    connected = find_daemon(address_);
  }
  std::unique_ptr<Client>& client = std::get<0>(connected);
  const std::lock_guard lock(mutex_);
  client_.swap(client);
  if (is_interrupted_) client_->interrupt();
  return std::nullopt;
}

std::variant<Value, CallError> DaemonConnection::call(std::string_view method, const Dict& params) {
  if (is_interrupted()) return interrupted();
  if (!client_) return disconnected();
  return client_->call(method, params);
}

std::variant<Value, CallError> DaemonConnection::call_patiently(std::string_view method, const Dict& params,
                                                                const std::function<void()>& on_lost) {
  std::optional<SteadyTime> until;
  for (;;) {
    const SteadyTime start = std::chrono::steady_clock::now();
    std::variant<Value, CallError> result = call(method, params);
    // A wait that went well for a while has nothing to do with the loss before it.
    if (std::chrono::steady_clock::now() - start > kReplyPatience) until.reset();
    for (;;) {
      const CallError* error = std::get_if<CallError>(&result);
      if (!error || !is_passing(*error)) return result;
      const SteadyTime now = std::chrono::steady_clock::now();
      if (!until) {
        until = now + kReplyPatience;
        on_lost();
      }
      if (now >= *until) return result;
      if (!pause(kReconnectPause)) return interrupted();
      std::optional<CallError> refused = connect();
      if (!refused) break;
      result = std::move(*refused);
    }
  }
}

std::optional<Client::Notification> DaemonConnection::next_notification(std::optional<SteadyTime> deadline) {
  if (!client_ || is_interrupted()) return std::nullopt;
  return client_->next_notification(deadline);
}

bool DaemonConnection::is_connected() const { return client_ && client_->is_connected(); }

void DaemonConnection::interrupt() {
  const std::lock_guard lock(mutex_);
  is_interrupted_ = true;
  if (client_) client_->interrupt();
  interrupted_.notify_all();
}

void DaemonConnection::wake() {
  const std::lock_guard lock(mutex_);
  if (client_) client_->wake();
}

bool DaemonConnection::is_interrupted() const {
  const std::lock_guard lock(mutex_);
  return is_interrupted_;
}

/// False when interrupted.
bool DaemonConnection::pause(Duration duration) {
  std::unique_lock lock(mutex_);
  return !interrupted_.wait_for(lock, duration, [this] { return is_interrupted_; });
}

}  // namespace vnode
