#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "async/event_loop.h"
#include "async/line_socket.h"
#include "base/error.h"
#include "model/value.h"
#include "rpc/message.h"

namespace vnode {

/// Where a daemon is, and what it wants to know first.
struct DaemonAddress {
  std::string socket = {};  ///< path of the Unix socket; or
  std::string tcp = {};     ///< HOST:PORT
  std::string token = {};   ///< with `tcp`
  /// With `tcp`: a file with the certificates of the authorities that are trusted (PEM), and TLS whatever the
  /// address; empty: TLS for all but loopback addresses, with what the system trusts.
  std::string tls_ca = {};
  /// With `socket`: the lock file of the daemon that is meant, which says where it listens (see
  /// daemon_search.h); empty: not known.
  std::string lock_file = {};
  bool is_named = false;  ///< somebody has chosen `socket`: the daemon is used there and nowhere else
};

/// What a failed call comes back with: the daemon's answer, or that there is none.
struct CallError {
  RpcError error;  ///< `word` where there is no answer: see `connect`; "disconnected", "interrupted"
  bool is_from_daemon = true;
};

/// A connection to a daemon. Calls wait for their answer; notifications that arrive meanwhile are kept.
/// Thread rule: one thread; `interrupt` and `wake` from any.
class Client {
 public:
  /// Connects and reads the greeting. Errors: "no_daemon" (nothing there, a stale socket), "unreachable" (the
  /// same of TCP), "no_reply", "not_allowed", "wrong_protocol", "too_long" (the path), "bad_address" and
  /// "bad_tls_ca" (TCP), "tls_failed" (one side does not trust the other, or speaks no TLS); and what the
  /// daemon says to the token.
  static std::variant<std::unique_ptr<Client>, CallError> connect(
      const DaemonAddress& address, Duration timeout = std::chrono::seconds(10));
  ~Client();

  /// The greeting's params: {"vnode": version, "protocol": 1}.
  const Value& hello() const;

  /// A workflow and an environment are told to a daemon of this user or of root only: "run.submit" through a
  /// Unix socket of somebody else, or in a folder of somebody else, comes back with the word "not_trusted".
  std::variant<Value, CallError> call(std::string_view method, Dict params);

  /// A notification: method and params, and the message as it came (without the newline).
  struct Notification {
    std::string method;
    Value params;
    std::string text;
  };
  /// The next one, in order of arrival; waits for it. nullopt at the deadline, after `interrupt` or `wake`,
  /// or when the connection has ended (`is_connected`).
  std::optional<Notification> next_notification(std::optional<SteadyTime> deadline = std::nullopt);
  bool is_connected() const;

  /// Ends what waits now, or the next wait: a call comes back with the word "interrupted".
  void interrupt();
  /// Ends the wait for a notification, the one that goes on or the next one, and nothing else: there is
  /// something else to be done.
  void wake();

 private:
  Client();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnode
