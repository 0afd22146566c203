#include "daemon/tls_clients.h"

#include <algorithm>

#include "async/sockets.h"

namespace vnode {

Result<TlsClients::Served> TlsClients::serve(OwnedFd network) {
  Result<TlsStream> stream = TlsStream::accept(*context_);
  if (!stream) return stream.error();
  Result<std::pair<OwnedFd, OwnedFd>> ends = connected_pair();
  if (!ends) return ends.error();
  const std::uint64_t number = ++last_number_;
  const auto on_ended = [this, number, address = remote_address(network.get())](const Error* error) {
    end(number, address, error);
  };
  relays_[number] = std::make_unique<TlsRelay>(loop_, std::move(*stream), std::move(network),
                                               std::move(ends->first), on_ended);
  return Served{std::move(ends->second), number};
}

std::size_t TlsClients::count_unsent() const {
  return static_cast<std::size_t>(std::count_if(relays_.begin(), relays_.end(),
                                                [](const auto& entry) { return !entry.second->is_sent(); }));
}

void TlsClients::end(std::uint64_t number, const std::string& address, const Error* error) {
  if (error) report(address, *error);
  relays_.erase(number);
}

/// Whoever can connect can make them fail: that must not fill the log.
void TlsClients::report(const std::string& address, const Error& error) {
  constexpr auto kPeriod = std::chrono::minutes(1);
  constexpr std::size_t kMostReported = 20;
  const SteadyTime now = clock_.steady_now();
  if (now - period_begin_ >= kPeriod) {
    if (failures_ > kMostReported) {
      log_.warning("TLS clients: " + std::to_string(failures_ - kMostReported) + " more have failed");
    }
    period_begin_ = now;
    failures_ = 0;
  }
  if (++failures_ <= kMostReported) log_.warning("TLS client " + address + ": " + error.message);
}

}  // namespace vnode
