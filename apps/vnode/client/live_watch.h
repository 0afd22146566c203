#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/show/run_listing.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "apps/vnode/terminal/live_screen.h"
#include "apps/vnode/watch/draw_pace.h"
#include "apps/vnode/watch/watch_model.h"

namespace vnode {

/// `vnode ps --watch` on a terminal: brings the daemon's runs, the keys, and the screen together. What is
/// shown and what keys mean is the model's.
class LiveWatch {
 public:
  LiveWatch(DaemonConnection& connection, RunSelection selection, Diagnostics& diagnostics);

  /// Until q is typed, a signal has come, or the daemon has been away for long.
  ExitCode run();

 private:
  std::optional<CallError> subscribe();
  std::optional<CallError> follow();
  std::variant<Value, CallError> call_patiently(std::string_view method, const Dict& params);
  void apply(const Client::Notification& notification);
  void take(const Value& run);
  void add_event(const Value& event);
  void take_keys();
  void carry_out(const WatchRequest& request);
  void follow_events(const std::string& run, std::uint64_t since);
  std::optional<CallError> watch_table(const DaemonCall& call);
  void list_group();
  DaemonCall direct_call();
  void cancel(const std::string& run);
  SteadyTime next_draw() const { return pace_.next(is_urgent_); }
  void draw();
  std::string last_table() const;

  DaemonConnection& connection_;
  const RunSelection selection_;
  Diagnostics& diagnostics_;
  std::atomic<bool> is_urgent_ = true;  ///< somebody waits for the next picture
  const ClientStopper stopper_;
  WatchModel model_;
  std::mutex mutex_;
  std::vector<Key> keys_;    ///< typed, and not taken yet
  std::int64_t table_ = 0;   ///< the subscription to the table
  std::string followed_;     ///< the run whose events are told; empty: none
  std::int64_t events_ = 0;  ///< the subscription to them
  std::uint64_t seq_ = 0;    ///< of the last one
  bool has_quit_ = false;
  DrawPace pace_;
  std::optional<LiveScreen> screen_;
};

}  // namespace vnode
