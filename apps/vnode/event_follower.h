#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "apps/vnode/daemon_connection.h"

namespace vnode {

/// Reads the events of one run from the daemon, each once and in order, also when the daemon is restarted
/// meanwhile.
class EventFollower {
 public:
  struct Callbacks {
    /// `line`: the event as the run wrote it, byte by byte. False: enough.
    std::function<bool(const Value& event, std::string_view line)> on_event;
    std::function<void()> on_lost;  ///< the daemon went away and is looked for
    /// Called when nothing is there to be read; says when to be called again at the latest.
    std::function<std::optional<SteadyTime>()> on_idle = [] { return std::optional<SteadyTime>(); };
  };

  EventFollower(DaemonConnection& connection, std::string id, std::uint64_t since, bool follows)
      : connection_(connection), id_(std::move(id)), since_(since), follows_(follows) {}

  /// Until the run's last event (not following: until the last one that is there now). An error also when
  /// interrupted.
  std::optional<CallError> read(const Callbacks& callbacks);

 private:
  enum class Outcome { kEnded, kLost, kInterrupted };
  Outcome read_subscription(std::int64_t subscription, const Callbacks& callbacks);

  DaemonConnection& connection_;
  const std::string id_;
  std::uint64_t since_;  ///< seq of the last event that was told
  const bool follows_;
};

}  // namespace vnode
