#include "client/client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <utility>

#include "async/sockets.h"
#include "async/tls_relay.h"
#include "base/duration_text.h"

namespace vnode {
namespace {

CallError no_answer(std::string word, std::string message) {
  return {{.word = std::move(word), .message = std::move(message)}, false};
}

CallError cannot_connect(const Error& error, bool is_tcp) {
  switch (error.code) {
    case ErrorCode::kUsage:
      return no_answer(is_tcp ? "bad_address" : "too_long", error.message);
    case ErrorCode::kUnreadable:
      return no_answer("not_allowed", error.message);
    default:
      return no_answer(is_tcp ? "unreachable" : "no_daemon", error.message);
  }
}

bool is_trusted(uid_t user) { return user == ::geteuid() || user == 0; }

/// Whose socket that is, if neither this user's nor root's.
std::optional<uid_t> stranger_at(const std::string& path, int fd) {
  struct stat file {
  }, folder{};
  const std::string above = std::filesystem::path(path).parent_path().string();
  const Result<Peer> peer = peer_of(fd);
  if (peer && !is_trusted(peer->uid)) return peer->uid;
  if (::stat(path.c_str(), &file) == 0 && !is_trusted(file.st_uid)) return file.st_uid;
  if (::stat(above.empty() ? "." : above.c_str(), &folder) == 0 && !is_trusted(folder.st_uid))
    return folder.st_uid;
  return std::nullopt;
}

CallError not_trusted(const std::string& path, uid_t owner) {
  return no_answer("not_trusted", "the socket " + path + " or its folder belongs to another user (uid " +
                                      std::to_string(owner) +
                                      "); a workflow and its environment are for a daemon of one's own");
}

/// Plain text is for what cannot leave this machine.
bool needs_tls(const DaemonAddress& address) {
  if (!address.tls_ca.empty()) return true;
  const Result<bool> is_local = is_loopback(address.tcp);
  return !is_local || !*is_local;
}

CallError silent(const DaemonAddress& address, Duration timeout) {
  const std::string message = "the daemon did not say anything within " + duration_text(timeout);
  const bool may_speak_tls = !address.tcp.empty() && !needs_tls(address);
  return no_answer("no_reply", message + (may_speak_tls ? "; it may be that it speaks TLS" : ""));
}

}  // namespace

struct Client::State {
  enum class Waited { kDone, kDisconnected, kInterrupted, kTimeout };

  void open(OwnedFd connected);
  std::optional<CallError> open_tls(OwnedFd connected, const DaemonAddress& address);
  void on_line(std::string line);
  void disconnect(std::string why);
  template <class Condition>
  Waited wait_for(const Condition& condition, std::optional<SteadyTime> deadline);
  std::optional<CallError> greet(const DaemonAddress& address, Duration timeout);
  std::variant<Value, CallError> call(std::string_view method, Dict params,
                                      std::optional<SteadyTime> deadline);
  CallError disconnected() const;
  CallError take_parting();

  EventLoop loop;
  std::atomic<bool> is_interrupted = false;
  std::atomic<bool> is_woken = false;
  Value hello;
  std::deque<Notification> notifications;
  std::int64_t last_id = 0;                ///< replies to earlier calls are for nobody
  std::optional<RpcIncoming> reply = {};   ///< to the last call
  std::optional<RpcError> parting = {};    ///< an error that answers no call: why the daemon hangs up
  std::string end = {};                    ///< why the connection has ended
  std::optional<CallError> distrust = {};  ///< why this daemon is not told what is one's own
  std::optional<CallError> tls_end = {};   ///< the same of what is below it
  std::unique_ptr<TlsRelay> relay = {};
  std::unique_ptr<LineSocket> socket = {};  ///< none: it has ended
};

void Client::State::open(OwnedFd connected) {
  LineSocket::Callbacks callbacks{
      .on_line = [this](std::string line) { on_line(std::move(line)); },
      .on_too_long = [this] { disconnect("the daemon sent a line that is too long"); },
      .on_closed =
          [this](const Error* error) {
            disconnect(error ? "the connection to the daemon broke: " + error->message
                             : "the daemon has closed the connection");
          },
  };
  socket = std::make_unique<LineSocket>(loop, std::move(connected), kMaxRpcLine, std::move(callbacks));
}

std::optional<CallError> Client::State::open_tls(OwnedFd connected, const DaemonAddress& address) {
  const Result<TlsContext> context = TlsContext::for_client(address.tls_ca);
  if (!context) {
    const bool is_file = context.error().code == ErrorCode::kInvalidValue;
    return no_answer(is_file ? "bad_tls_ca" : "tls_failed", describe(context.error()));
  }
  const Result<std::string> host = host_of(address.tcp);
  Result<TlsStream> stream = TlsStream::connect(*context, host ? *host : address.tcp);
  if (!stream) return no_answer("tls_failed", stream.error().message);
  Result<std::pair<OwnedFd, OwnedFd>> ends = connected_pair();
  if (!ends) return no_answer("unreachable", ends.error().message);
  const auto on_ended = [this, to = address.tcp](const Error* error) {
    if (!error) return;
    tls_end = error->code == ErrorCode::kInvalidValue
                  ? no_answer("tls_failed", "no TLS connection with " + to + ": " + error->message)
                  : no_answer("disconnected", "the connection to the daemon broke: " + error->message);
  };
  relay = std::make_unique<TlsRelay>(loop, std::move(*stream), std::move(connected), std::move(ends->first),
                                     on_ended);
  open(std::move(ends->second));
  return std::nullopt;
}

void Client::State::disconnect(std::string why) {
  end = std::move(why);
  socket = nullptr;
}

void Client::State::on_line(std::string line) {
  Result<RpcIncoming> read = read_rpc_incoming(line);
  if (!read) return disconnect("the daemon sent something else than a message: " + read.error().message);
  if (!read->id) {
    notifications.push_back({std::move(read->method), std::move(read->params), std::move(line)});
  } else if (read->id->is_int() && read->id->as_int() == last_id) {
    reply = std::move(*read);
  } else if (read->id->is_none() && read->error) {
    parting = std::move(read->error);
  }
}

/// Serves the connection until the condition holds.
template <class Condition>
Client::State::Waited Client::State::wait_for(const Condition& condition,
                                              std::optional<SteadyTime> deadline) {
  while (!condition()) {
    if (!socket) return Waited::kDisconnected;
    if (is_interrupted.exchange(false)) return Waited::kInterrupted;
    if (deadline && std::chrono::steady_clock::now() >= *deadline) return Waited::kTimeout;
    loop.wait_until(deadline);
  }
  return Waited::kDone;
}

CallError Client::State::disconnected() const {
  if (parting) return {*parting, true};
  if (tls_end) return *tls_end;
  return no_answer("disconnected", end);
}

/// Told once, but for ever when it was the last that came.
CallError Client::State::take_parting() {
  CallError error{*parting, true};
  if (socket) parting.reset();
  return error;
}

std::variant<Value, CallError> Client::State::call(std::string_view method, Dict params,
                                                   std::optional<SteadyTime> deadline) {
  if (distrust && method == "run.submit") return *distrust;
  // An error for nobody in particular is for the one who asks next: it may say why the connection ends.
  if (parting) return take_parting();
  if (!socket) return disconnected();
  reply.reset();
  ++last_id;
  socket->send(rpc_call(last_id, method, std::move(params)) + "\n");
  switch (wait_for([this] { return reply || parting; }, deadline)) {
    case Waited::kDone:
      break;
    case Waited::kDisconnected:
      return disconnected();
    case Waited::kInterrupted:
      return no_answer("interrupted", "interrupted while waiting for the daemon's reply");
    case Waited::kTimeout:
      return no_answer("no_reply", "the daemon did not reply in time");
  }
  if (!reply) return take_parting();
  if (reply->error) return CallError{std::move(*reply->error), true};
  return std::move(*reply->result);
}

/// Reads what the daemon says first, and tells it the token.
std::optional<CallError> Client::State::greet(const DaemonAddress& address, Duration timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  switch (wait_for([this] { return !notifications.empty() || parting; }, deadline)) {
    case Waited::kDone:
      break;
    case Waited::kDisconnected:
      return disconnected();
    case Waited::kInterrupted:
      return no_answer("interrupted", "interrupted while waiting for the daemon's greeting");
    case Waited::kTimeout:
      return silent(address, timeout);
  }
  if (notifications.empty()) return CallError{*parting, true};
  const Notification greeting = std::move(notifications.front());
  notifications.pop_front();
  hello = greeting.params;
  const Dict members = hello.is_dict() ? hello.as_dict() : Dict();
  const Value* protocol = members.find("protocol");
  if (greeting.method != "hello" || !protocol || !protocol->is_int()) {
    return no_answer("wrong_protocol", "what listens there is no daemon of vnode");
  }
  if (protocol->as_int() != kRpcProtocol) {
    return no_answer("wrong_protocol", "the daemon speaks version " + std::to_string(protocol->as_int()) +
                                           " of the protocol, this program version " +
                                           std::to_string(kRpcProtocol));
  }
  if (address.tcp.empty()) return std::nullopt;
  std::variant<Value, CallError> answer = call("auth", {{"token", address.token}}, deadline);
  if (CallError* error = std::get_if<CallError>(&answer)) return std::move(*error);
  return std::nullopt;
}

Client::Client() : state_(std::make_unique<State>()) {}

Client::~Client() = default;

std::variant<std::unique_ptr<Client>, CallError> Client::connect(const DaemonAddress& address,
                                                                 Duration timeout) {
  const bool is_tcp = !address.tcp.empty();
  Result<OwnedFd> connected = is_tcp ? connect_tcp(address.tcp) : connect_unix(address.socket);
  if (!connected) return cannot_connect(connected.error(), is_tcp);
  std::unique_ptr<Client> client(new Client);
  if (!is_tcp) {
    const std::optional<uid_t> stranger = stranger_at(address.socket, connected->get());
    if (stranger) client->state_->distrust = not_trusted(address.socket, *stranger);
  }
  if (is_tcp && needs_tls(address)) {
    std::optional<CallError> failed = client->state_->open_tls(std::move(*connected), address);
    if (failed) return std::move(*failed);
  } else {
    client->state_->open(std::move(*connected));
  }
  if (std::optional<CallError> error = client->state_->greet(address, timeout)) return std::move(*error);
  return client;
}

const Value& Client::hello() const { return state_->hello; }

std::variant<Value, CallError> Client::call(std::string_view method, Dict params) {
  return state_->call(method, std::move(params), std::nullopt);
}

std::optional<Client::Notification> Client::next_notification(std::optional<SteadyTime> deadline) {
  State& state = *state_;
  const auto is_done = [&state] { return !state.notifications.empty() || state.is_woken; };
  if (state.wait_for(is_done, deadline) != State::Waited::kDone) return std::nullopt;
  if (state.notifications.empty()) {
    state.is_woken = false;
    return std::nullopt;
  }
  Notification next = std::move(state.notifications.front());
  state.notifications.pop_front();
  return next;
}

bool Client::is_connected() const { return state_->socket != nullptr; }

void Client::interrupt() {
  state_->is_interrupted = true;
  state_->loop.wake();
}

void Client::wake() {
  state_->is_woken = true;
  state_->loop.wake();
}

}  // namespace vnode
