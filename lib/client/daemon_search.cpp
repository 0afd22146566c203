#include "client/daemon_search.h"

#include "rpc/daemon_record.h"

namespace vnode {
namespace {

bool is_nobody(const std::variant<std::unique_ptr<Client>, CallError>& connected) {
  const CallError* error = std::get_if<CallError>(&connected);
  return error && error->error.word == "no_daemon";
}

CallError not_there(std::string word, std::string message) {
  return {{.word = std::move(word), .message = std::move(message)}, false};
}

std::string the_daemon(const DaemonRecord& record) {
  return "the daemon (pid " + std::to_string(record.pid) + ")";
}

CallError socket_gone(const DaemonRecord& record) {
  return not_there("socket_gone",
                   the_daemon(record) + " runs, but the file of its socket is gone: " + record.socket);
}

}  // namespace

std::variant<std::unique_ptr<Client>, CallError> find_daemon(const DaemonAddress& address, Duration timeout) {
  auto connected = Client::connect(address, timeout);
  if (!is_nobody(connected) || address.lock_file.empty()) return connected;
  const std::optional<DaemonRecord> record = find_daemon_record(address.lock_file);
  if (!record) return connected;
  if (record->socket.empty()) {
    return not_there("not_serving",
                     the_daemon(*record) + " is there, but does not serve: it is starting, or ending");
  }
  if (record->socket == address.socket) return socket_gone(*record);
  if (address.is_named) {
    return not_there("elsewhere", "nobody listens at " + address.socket + "; " + the_daemon(*record) +
                                      " of this state directory listens at " + record->socket);
  }
  auto found = Client::connect({.socket = record->socket}, timeout);
  if (is_nobody(found)) return socket_gone(*record);
  return found;
}

}  // namespace vnode
