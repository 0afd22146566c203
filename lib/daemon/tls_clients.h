#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "async/event_loop.h"
#include "async/tls_context.h"
#include "async/tls_relay.h"
#include "base/clock.h"
#include "daemon/daemon.h"

namespace vnode {

/// The TLS side of TCP clients: sessions get plain text, and need not know. Owner's thread.
class TlsClients {
 public:
  TlsClients(EventLoop& loop, const Clock& clock, DaemonLog& log) : loop_(loop), clock_(clock), log_(log) {}

  /// For the clients that come from now on.
  void use(TlsContext context) { context_ = std::move(context); }
  bool is_used() const { return context_.has_value(); }

  /// The plain end of a connection that was accepted, and its number; how it fails is told in the log.
  /// Errors: kIo.
  struct Served {
    OwnedFd plain;
    std::uint64_t number = 0;
  };
  Result<Served> serve(OwnedFd network);

  /// It may be there for a while after its plain end has been closed.
  bool has(std::uint64_t number) const { return relays_.contains(number); }
  /// Ends it at once.
  void drop(std::uint64_t number) { relays_.erase(number); }
  /// How many have not got all that was sent to them, and its end.
  std::size_t count_unsent() const;

 private:
  void end(std::uint64_t number, const std::string& address, const Error* error);
  void report(const std::string& address, const Error& error);

  EventLoop& loop_;
  const Clock& clock_;
  DaemonLog& log_;
  std::optional<TlsContext> context_;
  std::uint64_t last_number_ = 0;
  SteadyTime period_begin_{};
  std::size_t failures_ = 0;  ///< since then
  std::map<std::uint64_t, std::unique_ptr<TlsRelay>> relays_;
};

}  // namespace vnode
