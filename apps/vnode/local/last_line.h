#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "events/sink.h"

namespace vnode {

/// Sees to it that a run has one last event, and that the exit code is the one that it tells: either the run
/// itself ends, or somebody cuts it off, and then what the run still tells is left out.
/// Thread rule: as the sink behind it; `cut_off` and `exit_code`: any thread.
class LastLine final : public EventSink {
 public:
  explicit LastLine(EventSink& sink) : sink_(sink) {}

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return sink_.wants_node_events(); }
  void flush() override { sink_.flush(); }

  /// Unless the last event has been told, calls `tell`, which has to tell it everywhere, with that exit code.
  /// Returns the code that counts.
  int cut_off(int exit_code, const std::function<void()>& tell);
  /// Of the last event; nullopt before it.
  std::optional<int> exit_code() const;

 private:
  EventSink& sink_;
  mutable std::mutex mutex_;
  std::optional<int> exit_code_;
};

}  // namespace vnode
