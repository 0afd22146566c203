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
#include "daemon/method.h"
#include "daemon/reply.h"
#include "rpc/message.h"

namespace vnode {

class WorkerPool;

/// One client of the daemon: reads its calls, carries them out in order, answers, and feeds its
/// subscriptions. What it may cost is bounded: one unfinished line, the calls of one more, the reply to one
/// of them at a time (a client that does not read replies is not read from either), and a block of events on
/// their way. What it may cost others, too: its calls get a share of each turn of the loop, and what is large
/// is read and let go of on other threads.
///
/// A stranger, who has not shown the token yet, may say little: short lines, a few calls.
/// Owner's thread. Owned by Sessions.
class Session : public std::enable_shared_from_this<Session> {
 public:
  struct Callbacks {
    /// Gets calls that are well-formed and allowed.
    std::function<void(Session&, const Method&, const Dict& params, Reply)> carry_out;
    /// Wants to be told of that run's events from now on.
    std::function<void(Session&, const std::string& run_id)> on_follow;
    /// Wants to be told of the table from now on.
    std::function<void()> on_watch;
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
  /// Ends at once, without a word. (It may be destroyed then, not within this.)
  void drop();
  bool is_closed() const { return is_closed_; }

  bool is_over_tcp() const { return is_over_tcp_; }
  bool is_authenticated() const { return is_authenticated_; }
  void set_authenticated();

  /// Calls behind this one wait until `resume`: what is carried out elsewhere meanwhile keeps its place.
  void hold();
  void resume();
  /// The call that is being carried out came in a line so large that it must not be let go of, nor what comes
  /// of it, on the loop's thread.
  bool is_large() const { return held_bytes_ > kLargeLine; }
  /// Threads for the work on such a call, and any other.
  WorkerPool& workers() const;
  static constexpr std::size_t kLargeLine = 1024 * 1024;
  /// Submissions that were not answered yet: the store may not have them.
  void count_submission(int difference) { submissions_ += difference; }
  bool has_submissions() const { return submissions_ > 0; }

  std::uint64_t subscribe(const std::string& run_id, std::uint64_t since, bool is_following,
                          std::optional<RunStatus> ended_status);
  /// False: it has as many as one client may have.
  bool may_subscribe() const;
  /// Nothing is told of the table before `release_watch`: the reply comes first.
  /// `is_alone`: of runs that are in a group only the group is told.
  std::uint64_t watch(bool is_alone = false);
  void release_watch();
  bool unsubscribe(std::uint64_t number);

  // ---- what Sessions tells
  void on_events(const std::string& run_id);
  void on_ended(const std::string& run_id, RunStatus status);
  /// `run`: the run as JSON, shared by all who watch.
  void on_changed(const std::string& run_id, const std::shared_ptr<const std::string>& run);
  void on_removed(const std::shared_ptr<const std::string>& ids);
  void on_group_changed(const std::string& id, const std::shared_ptr<const std::string>& group);

  /// Bytes of the line that has not ended.
  std::size_t unread() const { return socket_ && !is_refused_ ? socket_->unread() : 0; }
  /// The same and those of the line whose calls are being carried out, if it is long.
  std::size_t held() const { return unread() + held_bytes_; }
  bool watches() const { return watch_ != 0; }
  bool watches_alone() const { return is_watch_alone_; }
  bool follows(const std::string& run_id) const;

 private:
  std::size_t longest_line() const;
  template <class Function>
  void guard(const Function& function);
  void on_long_line(LongText line);
  using Answer = std::function<void(std::string line)>;
  struct Waiting {
    RpcRequest::Item item;
    Answer answer;
  };

  void on_request(RpcRequest request);
  void work();
  bool has_time();
  bool is_too_much();
  void let_go(Waiting waiting);
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
  std::size_t held_bytes_ = 0;  ///< of a long line until its calls have been carried out
  int submissions_ = 0;
  int strange_calls_ = 0;  ///< of one that has not shown the token
  bool is_in_turn_ = false;
  SteadyTime turn_end_{};
  std::size_t waits_ = 0;      ///< calls that nothing waits for, not answered yet
  bool is_congested_ = false;  ///< too much is waiting to be read by the client

  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, std::unique_ptr<EventSubscription>> subscriptions_;
  bool is_watch_held_ = false;
  bool is_watch_alone_ = false;
  std::uint64_t watch_ = 0;  ///< the number of its subscription to the table; 0: none
  /// What the client has not been told: the newest state of each run.
  std::map<std::string, std::shared_ptr<const std::string>> changed_;
  std::map<std::string, std::shared_ptr<const std::string>> changed_groups_;
  std::vector<std::shared_ptr<const std::string>> removed_;
};

}  // namespace vnode
