#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "apps/vnode/show/run_log.h"
#include "apps/vnode/show/run_progress.h"

namespace vnode {

/// One run as its events tell it, for somebody who has opened it: its nodes, and what it has logged last.
class RunDetail {
 public:
  explicit RunDetail(std::string id) : id_(std::move(id)) {}

  void apply(const Event& event);

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }  ///< of its workflow; empty before it has begun
  const RunProgress& progress() const { return progress_; }
  bool has_begun() const { return !name_.empty(); }
  const std::optional<RunStatus>& end() const { return end_; }  ///< how it ended
  bool is_paused() const { return is_paused_; }
  /// How long it has run.
  std::optional<Duration> elapsed(WallTime now) const;

  /// A line each; of an entry with several lines only the first has a word.
  const std::deque<LogEntry>& log() const { return log_; }
  /// How many lines there were before them.
  std::size_t forgotten() const { return forgotten_; }

  static constexpr std::size_t kKeptLines = 5000;

 private:
  void add_lines(LogEntry entry);

  std::string id_;
  std::string name_;
  RunProgress progress_;
  std::deque<LogEntry> log_;
  std::size_t forgotten_ = 0;
  bool is_paused_ = false;
  std::optional<RunStatus> end_;
  Duration duration_{};
};

}  // namespace vnode
