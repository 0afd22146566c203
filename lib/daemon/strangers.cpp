#include "daemon/strangers.h"

#include "daemon/session.h"
#include "daemon/tls_clients.h"

namespace vnode {

Strangers::~Strangers() {
  for (const Stranger& stranger : strangers_) timers_.cancel(stranger.timer);
}

void Strangers::add(const std::shared_ptr<Session>& session, std::uint64_t relay) {
  forget_others();
  while (strangers_.size() >= kMost) drop_oldest();
  const TimerQueue::Id timer = timers_.add(clock_.steady_now() + kTokenTime, [weak = std::weak_ptr(session)] {
    const auto alive = weak.lock();
    if (alive && !alive->is_authenticated())
      alive->refuse(daemon_error("not_authenticated", "no token came"));
  });
  strangers_.push_back({session, relay, timer});
}

std::size_t Strangers::count() {
  forget_others();
  return strangers_.size();
}

/// What is left of a connection when its session has ended costs as much as before.
bool Strangers::is_one(const Stranger& stranger) const {
  const auto session = stranger.session.lock();
  if (session && !session->is_closed()) return !session->is_authenticated();
  return stranger.relay != 0 && tls_.has(stranger.relay);
}

void Strangers::forget_others() {
  strangers_.remove_if([this](const Stranger& stranger) {
    if (is_one(stranger)) return false;
    timers_.cancel(stranger.timer);
    return true;
  });
}

void Strangers::drop_oldest() {
  const Stranger oldest = strangers_.front();
  strangers_.pop_front();
  timers_.cancel(oldest.timer);
  if (const auto session = oldest.session.lock()) session->drop();
  if (oldest.relay != 0) tls_.drop(oldest.relay);
}

}  // namespace vnode
