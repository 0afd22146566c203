#include "daemon/sessions.h"

#include <unistd.h>

#include <algorithm>

#include "async/event_loop.h"
#include "async/sockets.h"
#include "async/timer_queue.h"
#include "daemon/daemon.h"
#include "daemon/run_book.h"
#include "daemon/run_lookup.h"
#include "daemon/settings.h"
#include "model/json_writer.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

/// All long lines of clients together may take so many of the longest, and at least that much: beyond it the
/// largest that has not ended has to go.
/// How soon, and how often, who watches is told that groups have changed.
constexpr Duration kGroupsEvery = std::chrono::milliseconds(100);
constexpr std::size_t kMostLongest = 2;
constexpr std::size_t kLeastHeld = 64 * 1024 * 1024;
/// With more pending runs than that, notifications do not say why each waits: counting who is ahead takes
/// time.
constexpr std::size_t kFew = 1000;
/// Connections that are only there to be told why they may not be.
constexpr std::size_t kMostRefused = 512;

}  // namespace

Sessions::Sessions(DaemonCore& core)
    : core_(core),
      tls_(core.loop, core.services.clock, core.services.log),
      strangers_(core.services.clock, core.timers, tls_),
      progress_(core, progress_callbacks()) {}

Sessions::~Sessions() = default;

std::uint64_t Sessions::listen(OwnedFd listening, bool is_tcp) {
  const auto on_connection = [this, is_tcp](OwnedFd socket) { accept(std::move(socket), is_tcp); };
  listeners_[++last_listener_] = std::make_unique<Listener>(core_.loop, std::move(listening), on_connection);
  return last_listener_;
}

void Sessions::stop_listening(std::uint64_t number) { listeners_.erase(number); }

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

/// It reads why, and goes. There are only so many of them: one more, and the oldest goes at once.
void Sessions::refuse(const std::shared_ptr<Session>& session, const RpcError& error) {
  session->refuse(error);
  std::erase_if(refused_, [](const std::weak_ptr<Session>& one) { return one.expired(); });
  refused_.push_back(session);
  if (refused_.size() <= kMostRefused) return;
  if (const auto oldest = refused_.front().lock()) oldest->drop();
  refused_.pop_front();
}

void Sessions::accept(OwnedFd socket, bool is_tcp) {
  std::optional<RpcError> refused;
  if (!is_tcp) {
    const Result<Peer> peer = peer_of(socket.get());
    if (!peer || (peer->uid != ::geteuid() && peer->uid != 0)) {
      refused = daemon_error("not_allowed", "this daemon belongs to another user");
    }
  }
  if (!refused) refused = check_room();
  std::uint64_t relay = 0;
  if (is_tcp && tls_.is_used()) {
    Result<TlsClients::Served> served = tls_.serve(std::move(socket));
    if (!served) return core_.services.log.warning("a TLS client is sent away: " + served.error().message);
    socket = std::move(served->plain);
    relay = served->number;
  }
  auto session = std::make_shared<Session>(core_, is_tcp, session_callbacks());
  if (is_tcp) strangers_.add(session, relay);
  sessions_.insert(session);
  session->open(std::move(socket));
  if (refused) refuse(session, *refused);
}

Session::Callbacks Sessions::session_callbacks() {
  Session::Callbacks callbacks;
  callbacks.carry_out = [this](Session& session, const Method& method, const Dict& params, Reply reply) {
    // A token is shown: only now it takes a place.
    const auto refused = session.is_authenticated() ? std::nullopt : check_room();
    if (refused) return reply.error(*refused);
    method.handler(core_, session, params, std::move(reply));
  };
  callbacks.on_follow = [this](Session& session, const std::string& run_id) {
    if (!core_.book.find(run_id)) return;
    const auto [first, last] = followers_.equal_range(run_id);
    for (auto at = first; at != last; ++at) {
      if (at->second.lock().get() == &session) return;
    }
    followers_.emplace(run_id, session.weak_from_this());
  };
  callbacks.on_watch = [this] { progress_.look_later(); };
  callbacks.on_unfinished = [this] { core_.loop.post([this] { bound_unfinished(); }); };
  callbacks.on_closed = [this] {
    if (std::exchange(is_dropping_, true)) return;
    core_.loop.post([this] { drop_closed(); });
  };
  return callbacks;
}

void Sessions::drop_closed() {
  is_dropping_ = false;
  std::erase_if(sessions_, [](const std::shared_ptr<Session>& session) { return session->is_closed(); });
}

/// Lines that are being sent for ever must not add up: beyond a sum those who have sent most have to go. (The
/// lines of strangers are short, and their number is bounded.)
void Sessions::bound_unfinished() {
  std::size_t sum = 0;
  std::shared_ptr<Session> largest;
  for (const std::shared_ptr<Session>& session : sessions_) {
    if (!session->is_authenticated()) continue;
    sum += session->held();
    if (!largest || session->unread() > largest->unread()) largest = session;
  }
  if (sum > std::max(kLeastHeld, kMostLongest * core_.settings.max_submission_bytes)) {
    largest->refuse(daemon_error("too_busy", "too many unfinished lines are being sent"));
  }
}

std::size_t Sessions::close_all() {
  for (const std::shared_ptr<Session>& session : sessions_) session->close();
  return sessions_.size() + tls_.count_unsent();
}

ProgressWatch::Callbacks Sessions::progress_callbacks() {
  return {.is_watched = [this] { return is_watched(); },
          .tell = [this](const LiveRun& run) { on_changed(run); }};
}

bool Sessions::is_watched() const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [](const std::shared_ptr<Session>& session) { return session->watches(); });
}

void Sessions::on_changed(const LiveRun& run) {
  if (run.row.status == RunStatus::kRunning) progress_.look_later();
  std::shared_ptr<const std::string> text;
  for (const std::shared_ptr<Session>& session : sessions_) {
    if (!session->watches() || (run.row.group != 0 && session->watches_alone())) continue;
    if (!text) {
      std::string json;
      append_json(json,
                  run_value(run.row, live_view(core_, run, core_.tasks.count(RunStatus::kPending) <= kFew)));
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

bool Sessions::are_any_watching() const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [](const std::shared_ptr<Session>& session) { return session->watches(); });
}

void Sessions::on_group_changed(const RunGroup& group) {
  if (!are_any_watching()) return;
  const bool is_first = changed_groups_.empty();
  changed_groups_.insert(group.row.number);
  if (is_first) core_.timers.add(core_.services.clock.steady_now() + kGroupsEvery, [this] { tell_groups(); });
}

void Sessions::tell_groups() {
  for (const std::int64_t number : std::exchange(changed_groups_, {})) {
    const RunGroup* group = core_.book.groups().find(number);
    if (!group) continue;
    std::string json;
    append_json(json, group_value(*group));
    const auto text = std::make_shared<const std::string>(std::move(json));
    for (const std::shared_ptr<Session>& session : sessions_) {
      if (session->watches()) session->on_group_changed(group->row.id, text);
    }
  }
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
