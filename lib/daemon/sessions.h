#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "async/listener.h"
#include "daemon/core.h"
#include "daemon/progress_watch.h"
#include "daemon/session.h"
#include "daemon/strangers.h"
#include "daemon/tls_clients.h"

namespace vnode {

/// All clients of a daemon: accepts, authenticates, bounds, and tells them what happens to runs. Owner's
/// thread.
class Sessions {
 public:
  explicit Sessions(DaemonCore& core);
  ~Sessions();

  /// Serves that listening socket. Unix sockets: only peers of this user (SO_PEERCRED). TCP: the token first.
  /// Returns a number for `stop_listening`.
  std::uint64_t listen(OwnedFd listening, bool is_tcp);
  /// Clients stay; an unknown number is that of no socket.
  void stop_listening(std::uint64_t number);
  void stop_listening() { listeners_.clear(); }
  /// TCP clients speak TLS from now on; a renewed certificate counts for those that come then.
  void use_tls(TlsContext context) { tls_.use(std::move(context)); }
  bool uses_tls() const { return tls_.is_used(); }
  /// Sends what is queued, and closes; returns how many have something to be sent.
  std::size_t close_all();
  std::size_t count() const { return sessions_.size(); }

  // ---- what RunBook tells (RunObserver)
  void on_changed(const LiveRun& run);
  void on_ended(const RunRow& row);
  void on_removed(const std::vector<std::string>& ids);
  void on_group_changed(const RunGroup& group);
  void on_events(const std::string& run_id);

 private:
  void accept(OwnedFd socket, bool is_tcp);
  Session::Callbacks session_callbacks();
  ProgressWatch::Callbacks progress_callbacks();
  bool is_watched() const;
  std::size_t count_known() const;
  void refuse(const std::shared_ptr<Session>& session, const RpcError& error);
  std::optional<RpcError> check_room() const;
  void drop_closed();
  template <class Tell>
  void tell_followers(const std::string& run_id, Tell tell);
  void bound_unfinished();
  bool are_any_watching() const;
  void tell_groups();

  DaemonCore& core_;
  TlsClients tls_;
  Strangers strangers_;
  std::uint64_t last_listener_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Listener>> listeners_;
  std::set<std::shared_ptr<Session>> sessions_;
  std::deque<std::weak_ptr<Session>> refused_;  ///< that may be there still, the oldest first
  /// Who follows which run; entries that are out of date are dropped when they are met.
  std::unordered_multimap<std::string, std::weak_ptr<Session>> followers_;
  bool is_dropping_ = false;
  /// Groups of which those who watch have not been told: they change with every run, and are told seldom.
  std::set<std::int64_t> changed_groups_;
  ProgressWatch progress_;
};

}  // namespace vnode
