#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "apps/vnode/local/run_stopper.h"
#include "events/sink.h"

namespace vnode {

/// What Ctrl-Z and the shell's `fg` do to a run: it is paused with its processes, which are in sessions of
/// their own and hear nothing of the terminal, and only then the program stops; when it is continued, so is
/// the run. A sink, to hear when the pause has been told.
/// Thread rule: as the sink behind it; `stop` and `go_on`: the thread that takes signals.
class JobControl final : public EventSink {
 public:
  /// `on_continued` is told how long the run was paused. All outlive it.
  JobControl(EventSink& sink, RunStopper& run, std::function<void(Duration)> on_continued)
      : sink_(sink), run_(run), on_continued_(std::move(on_continued)) {}

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return sink_.wants_node_events(); }
  void flush() override;

  /// After SIGTSTP: returns when the program has been continued. Where the system does not let it be stopped
  /// (nobody there would continue it) the run goes on at once if that came from a terminal; else it stays
  /// paused until SIGCONT.
  void stop();
  /// After SIGCONT.
  void go_on();

 private:
  void wait_until_told();

  EventSink& sink_;
  RunStopper& run_;
  const std::function<void(Duration)> on_continued_;
  std::optional<SteadyTime> paused_since_;  ///< the signals' thread alone
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_paused_ = false;  ///< as the events have it
  bool is_told_ = false;    ///< and they have been written
};

}  // namespace vnode
