#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "async/event_loop.h"

namespace vnode {

/// The inside of an event loop, for the sources of this folder only: nothing else is to see asio.
/// A *turn* is what happens between two times that the loop looks after its sockets' queues.
struct EventLoop::State {
  /// Something that has work left for the end of the turn.
  class Unfinished {
   public:
    virtual ~Unfinished() = default;
    virtual void on_turn_end() = 0;
  };

  static constexpr std::size_t kReadSize = 64 * 1024;

  /// Begins the next turn. False when the one that ended had left nothing to do.
  bool end_turn();

  /// Room for `kReadSize` bytes, one for all sockets of the loop; to be given back after use.
  std::unique_ptr<char[]> take_read_buffer();
  void give_back(std::unique_ptr<char[]> buffer) { read_buffer = std::move(buffer); }

  /// So soon that a wait with a time limit costs less than an alarm.
  static bool is_near(SteadyTime deadline);
  /// Ends a wait at that time.
  void arm(SteadyTime deadline);

  std::uint64_t turn = 1;
  std::vector<std::shared_ptr<Unfinished>> unfinished;
  std::unique_ptr<char[]> read_buffer;
  bool is_woken = false;  ///< during the present wait
  std::atomic<bool> is_wake_posted = false;
  // Destroyed before the rest, as what waits in it may hold sockets.
  /// Two threads at most use it at once, so that asio keeps its locks.
  asio::io_context context{2};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  asio::steady_timer alarm{context};
  std::optional<SteadyTime> alarm_at;
};

}  // namespace vnode
