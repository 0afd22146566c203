#include "daemon/sessions.h"

#include <unistd.h>

#include <algorithm>

#include "async/event_loop.h"
#include "async/sockets.h"
#include "async/timer_queue.h"
#include "daemon/daemon.h"
#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/run_row_text.h"
#include "daemon/settings.h"
#include "model/json_writer.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

/// All unfinished lines together may take that much: beyond it the largest have to go.
constexpr std::size_t kMostUnread = 64 * 1024 * 1024;
/// With more pending runs than that, notifications do not say why each waits: counting who is ahead takes
/// time.
constexpr std::size_t kFew = 1000;
constexpr Duration kTokenTime = std::chrono::seconds(10);
/// Connections over TCP that have not shown the token: they must not use up what others need. Beyond it they
/// are closed without a word. (Far more than come at once from those who have it.)
constexpr std::size_t kMostStrangers = 512;

}  // namespace

Sessions::Sessions(DaemonCore& core) : core_(core), tls_(core.loop, core.services.clock, core.services.log) {}

Sessions::~Sessions() = default;

void Sessions::listen(OwnedFd listening, bool is_tcp) {
  listeners_.push_back(
      std::make_unique<Listener>(core_.loop, std::move(listening),
                                 [this, is_tcp](OwnedFd socket) { accept(std::move(socket), is_tcp); }));
}

void Sessions::stop_listening() { listeners_.clear(); }

/// Those that may be here; a stranger takes nobody's place.
std::size_t Sessions::count_known() const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [](const std::shared_ptr<Session>& session) { return session->is_authenticated(); }));
}

std::optional<RpcError> Sessions::check_room() const {
  const std::size_t most = core_.settings.max_clients;
  if (count_known() < most) return std::nullopt;
  return daemon_error("too_many_clients",
                      "there are " + std::to_string(most) + " clients already (max_clients)");
}

/// Of connections that are still there after their sessions it is not known any more whose they were.
std::size_t Sessions::count_strangers() const {
  const auto count = [this](bool is_authenticated) {
    return static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(), [&](const std::shared_ptr<Session>& session) {
          return session->is_over_tcp() && session->is_authenticated() == is_authenticated;
        }));
  };
  const std::size_t known = count(true);
  return tls_.is_used() ? tls_.count() - std::min(tls_.count(), known) : count(false);
}

void Sessions::accept(OwnedFd socket, bool is_tcp) {
  if (is_tcp && count_strangers() >= kMostStrangers) return;
  std::optional<RpcError> refused;
  if (!is_tcp) {
    const Result<Peer> peer = peer_of(socket.get());
    if (!peer || (peer->uid != ::geteuid() && peer->uid != 0)) {
      refused = daemon_error("not_allowed", "this daemon belongs to another user");
    }
  }
  if (!refused) refused = check_room();
  if (is_tcp && tls_.is_used()) {
    Result<OwnedFd> plain = tls_.serve(std::move(socket));
    if (!plain) return core_.services.log.warning("a TLS client is sent away: " + plain.error().message);
    socket = std::move(*plain);
  }
  auto session = std::make_shared<Session>(core_, is_tcp, session_callbacks());
  sessions_.insert(session);
  session->open(std::move(socket));
  if (refused) session->refuse(*refused);
  if (is_tcp) give_time_for_token(session);
}

Session::Callbacks Sessions::session_callbacks() {
  Session::Callbacks callbacks;
  callbacks.carry_out = [this](Session& session, const RpcCall& call, Reply reply) {
    // A token is shown: only now it takes a place.
    const auto refused = session.is_authenticated() ? std::nullopt : check_room();
    if (refused) return reply.error(*refused);
    carry_out_method(core_, session, call, std::move(reply));
  };
  callbacks.on_follow = [this](Session& session, const std::string& run_id) {
    if (!core_.book.find(run_id)) return;
    const auto [first, last] = followers_.equal_range(run_id);
    for (auto at = first; at != last; ++at) {
      if (at->second.lock().get() == &session) return;
    }
    followers_.emplace(run_id, session.weak_from_this());
  };
  callbacks.on_unfinished = [this] { core_.loop.post([this] { bound_unfinished(); }); };
  callbacks.on_closed = [this] {
    if (std::exchange(is_dropping_, true)) return;
    core_.loop.post([this] { drop_closed(); });
  };
  return callbacks;
}

/// Whoever has no token must not keep a place.
void Sessions::give_time_for_token(const std::shared_ptr<Session>& session) {
  core_.timers.add(core_.services.clock.steady_now() + kTokenTime, [weak = std::weak_ptr(session)] {
    const auto alive = weak.lock();
    if (alive && !alive->is_authenticated())
      alive->refuse(daemon_error("not_authenticated", "no token came"));
  });
}

void Sessions::drop_closed() {
  is_dropping_ = false;
  std::erase_if(sessions_, [](const std::shared_ptr<Session>& session) { return session->is_closed(); });
}

/// Lines that are being sent for ever must not add up: beyond a sum those who have sent most have to go.
void Sessions::bound_unfinished() {
  std::size_t sum = 0;
  std::shared_ptr<Session> largest;
  for (const std::shared_ptr<Session>& session : sessions_) {
    sum += session->unread();
    if (!largest || session->unread() > largest->unread()) largest = session;
  }
  if (sum > kMostUnread) {
    largest->refuse(daemon_error("too_busy", "too many unfinished lines are being sent"));
  }
}

std::size_t Sessions::close_all() {
  for (const std::shared_ptr<Session>& session : sessions_) session->close();
  return sessions_.size() + tls_.count_unsent();
}

void Sessions::on_changed(const LiveRun& run) {
  std::shared_ptr<const std::string> text;
  for (const std::shared_ptr<Session>& session : sessions_) {
    if (!session->watches()) continue;
    if (!text) {
      std::string json;
      append_json(json,
                  run_value(run.row, live_view(core_, run, core_.tasks.count(TaskStatus::kPending) <= kFew)));
      text = std::make_shared<const std::string>(std::move(json));
    }
    session->on_changed(run.row.id, text);
  }
}

template <class Tell>
void Sessions::tell_followers(const std::string& run_id, Tell tell) {
  const auto [first, last] = followers_.equal_range(run_id);
  for (auto at = first; at != last;) {
    const std::shared_ptr<Session> session = at->second.lock();
    if (session && session->follows(run_id)) {
      tell(*session);
      ++at;
    } else {
      at = followers_.erase(at);
    }
  }
}

void Sessions::on_ended(const RunRow& row) {
  tell_followers(row.id, [&row](Session& session) { session.on_ended(row.id, row.status); });
  followers_.erase(row.id);  // what they have not read yet they fetch by themselves
}

void Sessions::on_removed(const std::vector<std::string>& ids) {
  std::vector<Value> values(ids.begin(), ids.end());
  auto text = std::make_shared<std::string>();
  append_json(*text, Value::list(std::move(values)));
  for (const std::shared_ptr<Session>& session : sessions_) {
    if (session->watches()) session->on_removed(text);
  }
}

void Sessions::on_events(const std::string& run_id) {
  tell_followers(run_id, [&run_id](Session& session) { session.on_events(run_id); });
}

}  // namespace vnode
