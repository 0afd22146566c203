#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "async/timer_queue.h"
#include "base/clock.h"

namespace vnode {

class Session;
class TlsClients;

/// Connections over TCP that have not shown the token yet. They take no client's place, and there are only so
/// many of them: one more, and the oldest has to go (a newcomer may be the one that knows the token). Owner's
/// thread.
class Strangers {
 public:
  static constexpr std::size_t kMost = 512;
  static constexpr Duration kTokenTime = std::chrono::seconds(10);

  Strangers(const Clock& clock, TimerQueue& timers, TlsClients& tls)
      : clock_(clock), timers_(timers), tls_(tls) {}
  Strangers(const Strangers&) = delete;
  ~Strangers();

  /// `relay`: the number of its TLS side; 0: none. It is sent away when it does not show the token in time.
  void add(const std::shared_ptr<Session>& session, std::uint64_t relay);
  /// Those that are strangers still.
  std::size_t count();

 private:
  struct Stranger {
    std::weak_ptr<Session> session;
    std::uint64_t relay = 0;
    TimerQueue::Id timer = 0;
  };

  bool is_one(const Stranger& stranger) const;
  void forget_others();
  void drop_oldest();

  const Clock& clock_;
  TimerQueue& timers_;
  TlsClients& tls_;
  std::list<Stranger> strangers_;  ///< the oldest first
};

}  // namespace vnode
