#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "async/line_socket.h"
#include "daemon/core.h"
#include "daemon/event_subscription.h"
#include "daemon/reply.h"
#include "rpc/message.h"
#include "rpc/method_table.h"

namespace vnode {

/// One client of the daemon: reads its calls, carries them out in order, answers, and feeds its
/// subscriptions. What it may cost is bounded: one unfinished line, the calls of one more, the reply to one
/// of them at a time (a client that does not read replies is not read from either), and a block of events on
/// their way.
/// Owner's thread. Owned by Sessions.
class Session : public std::enable_shared_from_this<Session> {
 public:
  struct Callbacks {
    /// Gets calls that are well-formed and allowed.
    std::function<void(Session&, const RpcCall&, Reply)> carry_out;
    /// Wants to be told of that run's events from now on.
    std::function<void(Session&, const std::string& run_id)> on_follow;
    /// A line has grown that has not ended yet.
    std::function<void()> on_unfinished;
    /// Comes once; the session may be destroyed then, not within it.
    std::function<void()> on_closed;
  };
  /// Over TCP the token has to come first.
  Session(DaemonCore& core, bool is_over_tcp, Callbacks callbacks);
  ~Session();

  /// Begins: greets, and reads. (Not in the constructor: it needs the shared pointer.)
  void open(OwnedFd socket);
  /// An error that concerns no call, and the end.
  void refuse(const RpcError& error);
  /// Sends what is queued, then closes.
  void close();
  bool is_closed() const { return is_closed_; }

  bool is_over_tcp() const { return is_over_tcp_; }
  bool is_authenticated() const { return is_authenticated_; }
  void set_authenticated();

  /// Calls behind this one wait until `resume`: what is carried out elsewhere meanwhile keeps its place.
  void hold();
  void resume();

  std::uint64_t subscribe(const std::string& run_id, std::uint64_t since, bool is_following,
                          std::optional<std::string> ended_status);
  /// False: it has as many as one client may have.
  bool may_subscribe() const;
  std::uint64_t watch();
  bool unsubscribe(std::uint64_t number);

  // ---- what Sessions tells
  void on_events(const std::string& run_id);
  void on_ended(const std::string& run_id, const std::string& status);
  /// `run`: the run as JSON, shared by all who watch.
  void on_changed(const std::string& run_id, const std::shared_ptr<const std::string>& run);
  void on_removed(const std::shared_ptr<const std::string>& ids);

  std::size_t unread() const { return socket_ && !is_refused_ ? socket_->unread() : 0; }
  bool watches() const { return watch_ != 0; }
  bool follows(const std::string& run_id) const;

 private:
  void on_line(std::string line);
  using Answer = std::function<void(std::string line)>;
  struct Waiting {
    RpcRequest::Item item;
    Answer answer;
  };

  void on_request(RpcRequest request);
  void work();
  void carry_out(const RpcCall& call, Answer answer);
  void send(const std::string& line);
  void on_drained();
  void update_reading();
  void end();
  void pump();
  void pump_later();
  void pump(EventSubscription& subscription);
  void flush_watch();

  DaemonCore& core_;
  const Callbacks callbacks_;
  std::unique_ptr<LineSocket> socket_;
  const bool is_over_tcp_;
  bool is_authenticated_;
  bool is_closed_ = false;
  bool is_refused_ = false;    ///< it is only to read why
  std::deque<Waiting> calls_;  ///< of the lines that were read, in order
  bool is_working_ = false;
  int holds_ = 0;
  std::size_t waits_ = 0;      ///< calls of run.wait that are not answered yet
  bool is_congested_ = false;  ///< too much is waiting to be read by the client

  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, std::unique_ptr<EventSubscription>> subscriptions_;
  std::uint64_t watch_ = 0;  ///< the number of its subscription to the table; 0: none
  /// What the client has not been told: the newest state of each run.
  std::map<std::string, std::shared_ptr<const std::string>> changed_;
  std::vector<std::shared_ptr<const std::string>> removed_;
};

}  // namespace vnode
