#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apps/vnode/client/daemon_connection.h"

namespace vnode {

/// Reads the events of all runs of a group from the daemon, each once, those of one run in order, also when
/// the daemon is restarted meanwhile. Of runs that have ended before, one after the other; of those at work
/// as they come. Thread rule: that of the connection.
class GroupFollower {
 public:
  struct Run {
    std::string id;
    std::string value;  ///< in which it differs from the others; may be empty
  };
  struct Callbacks {
    std::function<void(const std::vector<Run>&)> on_runs;  ///< which there are; before their events
    std::function<bool(const Run& run, const Value& event)> on_event;  ///< false: enough
    std::function<void()> on_lost;  ///< the daemon went away and is looked for
  };

  /// `follows`: until all runs have ended, else what is there now.
  GroupFollower(DaemonConnection& connection, std::string group, bool follows)
      : connection_(connection), group_(std::move(group)), follows_(follows) {}

  /// An error also when interrupted, or when there is no such group.
  std::optional<CallError> read(const Callbacks& callbacks);

 private:
  struct Followed {
    Run run;
    std::uint64_t since = 0;    ///< seq of the last event that was told
    bool is_live = false;       ///< it may tell more than there is now
    bool is_asked_for = false;  ///< or will be, next
    bool is_read = false;       ///< all that it will ever tell
  };
  enum class Outcome { kGoOn, kEnded, kLost, kInterrupted };

  std::optional<CallError> begin(const Callbacks& callbacks);
  std::variant<Outcome, CallError> follow(const Callbacks& callbacks);
  std::optional<CallError> subscribe();
  bool may_subscribe() const;
  void note(const Value& run);
  void want(const std::string& id);
  Outcome take(const Client::Notification& notification, const Callbacks& callbacks);
  bool is_over() const;

  DaemonConnection& connection_;
  std::string group_;  ///< in full, once it was asked for
  const bool follows_;
  std::uint64_t events_ = 0;  ///< that were told
  std::map<std::string, Followed> runs_;
  std::deque<std::string> wanted_;               ///< whose events are to be asked for next
  std::map<std::int64_t, std::string> reading_;  ///< whose are being told, by subscription
};

}  // namespace vnode
